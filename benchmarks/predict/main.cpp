// SPDX-License-Identifier: MIT
// Measures predictions, from inputs to probabilities, by the library with which this executable is linked.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "common/frame.hpp"
#include "configurations.hpp"

namespace predict_bench {
namespace {

/// One row with its predictor, which is constructed and checked at its first use.
class measured {
 public:
  explicit measured(bench::network shape)
      : shape_(std::move(shape)), net_(shape_.widths), X_(shape_.batch, shape_.widths.front()) {
    std::mt19937 random(1);
    for (float& x : X_.elements()) x = static_cast<float>(random()) * 0x1p-32f;
  }

  void run(benchmark::State& state, double peak) {
    if (predictor_ == nullptr) {
      predictor_ = make_predictor(net_, X_);
      predictor_->predict();
    }
    if (largest_error() > 1e-5) return state.SkipWithError("wrong probabilities");
    for (auto _ : state) {
      predictor_->predict();
      benchmark::ClobberMemory();
    }
    const double gflop = flops(shape_) * 1e-9;
    const auto rate = benchmark::Counter::kIsIterationInvariantRate;
    state.counters["GFLOP/s"] = benchmark::Counter(gflop, rate);
    state.counters["peak"] = benchmark::Counter(gflop / peak, rate);
  }

 private:
  /// Compared with the same network in double.
  [[nodiscard]] double largest_error() const {
    twinpath::mlp<double> exact(shape_.widths);
    for (std::size_t l = 1; l <= exact.layers(); ++l) {
      for (std::size_t i = 0; i < exact.parameters(l).size(); ++i)
        exact.parameters(l)[i] = static_cast<double>(net_.parameters(l)[i]);
    }
    twinpath::matrix<double> X(X_.rows(), X_.cols());
    for (std::size_t i = 0; i < X.size(); ++i) X.elements()[i] = static_cast<double>(X_.elements()[i]);
    const twinpath::matrix<double> P = exact.predict(X);
    const std::vector<float> ours = predictor_->probabilities();
    double worst = ours.size() == P.size() ? 0 : 1;
    for (std::size_t i = 0; worst < 1 && i < P.size(); ++i)
      worst = std::max(worst, std::abs(static_cast<double>(ours[i]) - P.elements()[i]));
    return worst;
  }

  bench::network shape_;
  twinpath::mlp<float> net_;
  twinpath::matrix<float> X_;
  std::unique_ptr<predictor> predictor_;
};

}  // namespace
}  // namespace predict_bench

int main(int argc, char** argv) {
  const auto row_of = [](const bench::network& n) {
    const auto row = std::make_shared<predict_bench::measured>(n);
    return bench::measured_row{predict_bench::row_name(n),
                               [row](benchmark::State& s, double peak) { row->run(s, peak); }};
  };
  return bench::run_frame(argc, argv, "Predictions by one library.", predict_bench::configurations(), row_of);
}
