// SPDX-License-Identifier: MIT
// Measures training steps of the library with which this executable is linked.
#include <benchmark/benchmark.h>
#include <chrono>

#include <memory>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "common/frame.hpp"
#include "configurations.hpp"
#include "problem.hpp"

namespace step_bench {
namespace {

/// One row with its trainer, which is constructed and checked at its first use.
class measured {
 public:
  explicit measured(const bench::network& shape) : problem_(shape) {}

  void run(benchmark::State& state, double peak) {
    if (trainer_ == nullptr) {
      trainer_ = make_trainer(problem_);
      constexpr std::size_t steps = 3;
      for (std::size_t s = 0; s < steps; ++s) trainer_->step();
      error_ = disagreement(problem_, trainer_->weights(), train_in_double(problem_, steps));
      if (error_.empty()) warm_up();
    }
    if (!error_.empty()) return state.SkipWithError(error_.c_str());
    trainer_->step();
    for (auto _ : state) {
      trainer_->step();
      benchmark::ClobberMemory();
    }
    const double gflop = flops(problem_.shape) * 1e-9;
    const auto rate = benchmark::Counter::kIsIterationInvariantRate;
    state.counters["GFLOP/s"] = benchmark::Counter(gflop, rate);
    state.counters["peak"] = benchmark::Counter(gflop / peak, rate);
  }

 private:
  /// Libraries that choose by time do so in their first steps.
  void warm_up() {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + std::chrono::milliseconds(500);
    for (int s = 0; s < 450 && clock::now() < end; ++s) trainer_->step();
  }

  problem problem_;
  std::unique_ptr<trainer> trainer_;
  std::string error_;
};

}  // namespace
}  // namespace step_bench

int main(int argc, char** argv) {
  const auto row_of = [](const bench::network& n) {
    const auto row = std::make_shared<step_bench::measured>(n);
    return bench::measured_row{step_bench::row_name(n),
                               [row](benchmark::State& s, double peak) { row->run(s, peak); }};
  };
  return bench::run_frame(argc, argv, "Steps of training by one library.", step_bench::configurations(),
                          row_of);
}
