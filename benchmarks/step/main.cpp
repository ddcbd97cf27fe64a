// SPDX-License-Identifier: MIT
// Measures steps of training by the one library that this executable is linked with.
#include <benchmark/benchmark.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "common/library.hpp"
#include "common/peak.hpp"
#include "configurations.hpp"
#include "problem.hpp"

namespace step_bench {
namespace {

struct options {
  int threads = 1;
  int round = 1;
  std::string filter;
  double min_time = 0.1;
  int repetitions = 3;
  bool any_kernel = false;
  bool describe = false;
  std::vector<std::string> rest;
};

options parse_command_line(int argc, char** argv) {
  CLI::App app("Steps of training by one library. Unknown options go to Google Benchmark.");
  options o;
  app.allow_extras();
  app.add_option("--threads", o.threads, "Threads of the library")->capture_default_str();
  app.add_option("--round", o.round, "Number of the round, for twinpath-compare")->capture_default_str();
  app.add_option("--filter", o.filter, "Only rows whose name has a match of this regular expression");
  app.add_option("--min-time", o.min_time, "Least seconds of a repetition")->capture_default_str();
  app.add_option("--repetitions", o.repetitions, "Repetitions of each row")->capture_default_str();
  app.add_flag("--any-kernel", o.any_kernel, "Measure kernels below the machine's best instruction set too");
  app.add_flag("--describe", o.describe, "Say which library and which kernels these are, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e));
  }
  o.rest = app.remaining();
  return o;
}

/// One row with its trainer, made and checked when it is first wanted.
class measured {
 public:
  explicit measured(const configuration& shape) : problem_(shape) {}

  void run(benchmark::State& state, double peak) {
    if (trainer_ == nullptr) {
      trainer_ = make_trainer(problem_);
      constexpr std::size_t steps = 3;
      for (std::size_t s = 0; s < steps; ++s) trainer_->step();
      error_ = disagreement(problem_, trainer_->weights(), train_in_double(problem_, steps));
    }
    if (!error_.empty()) return state.SkipWithError(error_.c_str());
    trainer_->step();
    for (auto _ : state) {
      trainer_->step();
      benchmark::ClobberMemory();
    }
    const double gflop = problem_.shape.flops() * 1e-9;
    const auto rate = benchmark::Counter::kIsIterationInvariantRate;
    state.counters["GFLOP/s"] = benchmark::Counter(gflop, rate);
    state.counters["peak"] = benchmark::Counter(gflop / peak, rate);
  }

 private:
  problem problem_;
  std::unique_ptr<trainer> trainer_;
  std::string error_;
};

int run(int argc, char** argv) {
  const options o = parse_command_line(argc, argv);
  bench::set_threads(o.threads);
  const bench::library lib = bench::describe_library();
  if (!o.any_kernel && !bench::at_its_best(lib)) return bench::refused;
  if (o.describe) {
    std::printf("%s %s: %s\n", lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    return EXIT_SUCCESS;
  }
  bench::add_context(lib, o.threads, o.round);
  const double peak = bench::fma_peak(lib.kernel_tier, bench::element::f32, o.threads);
  benchmark::AddCustomContext("peak_f32", std::to_string(peak));
  std::size_t rows = 0;
  for (const configuration& c : configurations()) {
    if (!std::regex_search(c.name(), std::regex(o.filter))) continue;
    const auto row = std::make_shared<measured>(c);
    benchmark::RegisterBenchmark(c.name().c_str(), [row, peak](benchmark::State& s) { row->run(s, peak); })
        ->UseRealTime()
        ->MinTime(o.min_time)
        ->Repetitions(o.repetitions)
        ->Unit(benchmark::kMicrosecond);
    ++rows;
  }
  if (rows == 0) return bench::nothing_to_do;
  bench::initialize_benchmark(argv[0], o.rest);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace step_bench

int main(int argc, char** argv) {
  try {
    return step_bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
