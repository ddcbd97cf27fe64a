// SPDX-License-Identifier: MIT
#include "measure.hpp"

#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace two_paths {
namespace {

namespace tp = twinpath;
using clock = std::chrono::steady_clock;

constexpr std::size_t rounds = 9;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class layer {
 public:
  explicit layer(const layer_shape& s)
      : A_(s.batch, s.inputs),
        dZ_(s.batch, s.outputs),
        W_(s.inputs, s.outputs),
        dW_(s.inputs, s.outputs),
        below_(s.batch, s.inputs),
        db_(s.outputs) {
    fill(A_);
    fill(dZ_);
    fill(W_);
  }

  void run(tp::schedule how) { tp::backward(how, A_, dZ_, W_, dW_, db_, below_, tp::activation::relu); }

  /// Seconds per call, over `calls` calls.
  double time(tp::schedule how, std::size_t calls) {
    const auto begin = clock::now();
    for (std::size_t i = 0; i < calls; ++i) run(how);
    return std::chrono::duration<double>(clock::now() - begin).count() / static_cast<double>(calls);
  }

 private:
  static void fill(tp::matrix<float>& m) {
    std::uint32_t state = 1;
    for (float& x : m.elements()) {
      state = state * 1664525u + 1013904223u;
      x = static_cast<float>(static_cast<std::int32_t>(state)) / 2147483648.0f;
    }
  }

  tp::matrix<float> A_, dZ_, W_, dW_, below_;
  std::vector<float> db_;
};

}  // namespace

result measure(const layer_shape& shape, double seconds) {
  constexpr tp::schedule schedules[] = {tp::schedule::sequential, tp::schedule::concurrent,
                                        tp::schedule::automatic};
  layer x(shape);
  for (const tp::schedule how : schedules) x.run(how);
  const double once = x.time(tp::schedule::sequential, 3);
  const double share = seconds / static_cast<double>(rounds * std::size(schedules));
  const auto calls = static_cast<std::size_t>(std::clamp(share / once, 1.0, 100000.0));
  std::vector<double> times[std::size(schedules)];
  for (std::size_t r = 0; r < rounds; ++r) {
    for (std::size_t s = 0; s < std::size(schedules); ++s) {
      // A different schedule begins each round, so that no schedule always follows the same one.
      const std::size_t turn = (s + r) % std::size(schedules);
      x.run(schedules[turn]);
      times[turn].push_back(x.time(schedules[turn], calls));
    }
  }
  tp::trace trace;
  trace.start();
  (void)x.time(tp::schedule::concurrent, std::min<std::size_t>(calls, 500));
  trace.stop();
  return {median(times[0]), median(times[1]), median(times[2]), trace.overlap("dW", "dZ")};
}

}  // namespace two_paths
