// SPDX-License-Identifier: MIT
// The command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <twinpath/activation.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/optimizer.hpp>

namespace digits {

struct options {
  std::vector<std::size_t> layers;  ///< empty: the widths in the file `load`
  std::size_t batch = 0;
  std::string optimizer;
  twinpath::optimizer rule;
  std::optional<twinpath::activation> activation;  ///< empty: that of the file `load`, or the default
  std::size_t epochs = 0;
  std::uint64_t seed = 0;
  twinpath::schedule schedule = twinpath::schedule::automatic;
  int threads = 0;              ///< 0: all
  std::filesystem::path load;   ///< empty: a new network
  std::filesystem::path save;   ///< empty: none
  std::filesystem::path trace;  ///< empty: none
  std::filesystem::path idx;    ///< the folder of MNIST's files; empty: `train` and `test`
  std::filesystem::path train;
  std::filesystem::path test;
  bool quiet = false;
};

struct parsed_options {
  std::optional<digits::options> options;  ///< empty: the program ends with `exit_code`
  int exit_code = 0;
};

/// Prints the help to stdout or an error to stderr if the program must not run.
[[nodiscard]] parsed_options parse_command_line(int argc, char** argv);

/// Widths as `--layers` spells them: 64-128-10.
[[nodiscard]] std::string name(const std::vector<std::size_t>& layers);

}  // namespace digits
