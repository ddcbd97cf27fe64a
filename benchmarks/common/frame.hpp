// SPDX-License-Identifier: MIT
// The main program of a suite that measures rows of one library.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

namespace bench {

/// A row: its name, and what Google Benchmark runs; `peak` is in GFLOP/s.
struct measured_row {
  std::string name;
  std::function<void(benchmark::State& state, double peak)> run;
};

/// Parses the command line, measures the rows whose names are asked for, and returns the exit code.
int run_frame(int argc, char** argv, const char* description, const std::vector<measured_row>& rows);

}  // namespace bench
