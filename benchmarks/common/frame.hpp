// SPDX-License-Identifier: MIT
// The main program of a suite, which measures the rows of one library.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

#include "common/networks.hpp"

namespace bench {

/// A row: its name and the function for Google Benchmark; `peak` is in GFLOP/s.
struct measured_row {
  std::string name;
  std::function<void(benchmark::State& state, double peak)> run;
};

/// Parses the command line, measures the networks that it chooses, by default those of `usual`, if they match
/// the filter, and returns the exit code.
int run_frame(int argc, char** argv, const char* description, const std::vector<network>& usual,
              const std::function<measured_row(const network&)>& row_of);

}  // namespace bench
