// SPDX-License-Identifier: MIT
// The command line of the benchmark of products.
#pragma once

#include <string>
#include <vector>

#include "families.hpp"
#include "placement.hpp"

namespace gemm_bench {

struct options {
  int threads = 1;
  int round = 1;
  std::vector<std::string> families;  ///< empty: all
  std::vector<std::string> shapes;    ///< such as NT:315x17x4, instead of the families; empty: the families
  memory_choice memory;
  std::string memory_text = "vector";
  std::string filter;  ///< a regular expression for names of rows; empty: all
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
