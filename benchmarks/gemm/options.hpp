// SPDX-License-Identifier: MIT
// The command line of the benchmark of products.
#pragma once

#include <string>
#include <vector>

#include "families.hpp"

namespace gemm_bench {

struct options {
  int threads = 1;
  int round = 1;
  std::vector<std::string> families;  ///< empty: all
  std::string filter;                 ///< a regular expression for names of rows; empty: all
  std::vector<element> types;
  double min_time = 0;
  int repetitions = 0;
  bool any_kernel = false;
  bool bandwidth = false;
  bool describe = false;
  bool accuracy = false;
  std::vector<std::string> rest;  ///< for Google Benchmark
};

/// Ends the process after --help and after an error.
[[nodiscard]] options parse_command_line(int argc, char** argv);

}  // namespace gemm_bench
