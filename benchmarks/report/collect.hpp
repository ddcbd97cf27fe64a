// SPDX-License-Identifier: MIT
// All results of a folder, suite by suite.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/comparison.hpp"

namespace report {

/// Results of twinpath-two-paths.
struct two_paths_results {
  struct cell {
    std::size_t batch, inputs, outputs;
    double sequential, concurrent, automatic;  ///< seconds
    double overlap;
  };
  int threads = 0;
  std::vector<cell> cells;
};

struct results {
  /// By suite (gemm, step, predict), one for each number of threads.
  std::map<std::string, std::vector<compare::comparison>> suites;
  std::optional<two_paths_results> two_paths;
  std::optional<compare::run> elementary;
  std::vector<std::string> left_out;
  std::map<int, std::map<std::string, double>> read;  ///< GB/s by threads and level, as in compare::run

  /// The comparisons of a suite; empty if it was not measured.
  [[nodiscard]] const std::vector<compare::comparison>& suite(const std::string& name) const;
};

/// Reads the folder and its sub-folders. Throws std::runtime_error if there are no results, a file is not a
/// result, or two folders have results of the same suite.
[[nodiscard]] results collect(const std::filesystem::path& folder);

}  // namespace report
