// SPDX-License-Identifier: MIT
// The command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <twinpath/dense.hpp>

namespace profile {

struct options {
  std::vector<std::size_t> layers;
  std::size_t batch = 0;
  std::size_t steps = 0;   ///< of each schedule
  std::size_t warmup = 0;  ///< steps of each schedule before them
  std::vector<twinpath::schedule> schedules;
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0: all
  bool in_double = false;
  std::filesystem::path train;  ///< a CSV file; random data if this and `idx` are empty
  std::filesystem::path idx;    ///< a folder with files in MNIST's format
  std::filesystem::path trace;  ///< the paths of output files are empty if the file is not wanted
  std::filesystem::path json;
  std::filesystem::path html;
  std::filesystem::path svg;
  bool quiet = false;
};

struct parsed_options {
  std::optional<profile::options> options;  ///< empty: the program ends with `exit_code`
  int exit_code = 0;
};

/// Prints the help to stdout or an error to stderr if the program must not run. `--isa` sets the environment
/// variable that caps the tier, so call this before the tier is used.
[[nodiscard]] parsed_options parse_command_line(int argc, char** argv);

}  // namespace profile
