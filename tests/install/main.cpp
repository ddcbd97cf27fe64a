// SPDX-License-Identifier: MIT
// A user's program. It fails if a small network does not learn.
#include <twinpath/twinpath.hpp>

#include <cstdint>
#include <cstdio>
#include <vector>

int main() {
  namespace tp = twinpath;

  // The class is whether the first input exceeds the second.
  const tp::matrix<float> X{{0.9f, 0.1f, 0.5f}, {0.2f, 0.8f, 0.4f}, {0.7f, 0.3f, 0.1f}, {0.1f, 0.6f, 0.9f}};
  const std::vector<std::int32_t> classes{0, 1, 0, 1};

  tp::mlp<float> net({3, 4, 2}, {.seed = 1});
  const float first = net.train_step(X, classes, tp::sgd{.learning_rate = 0.5});
  float last = first;
  for (int step = 0; step < 200; ++step) last = net.train_step(X, classes, tp::sgd{.learning_rate = 0.5});

  std::printf("twinpath %s: loss %g, after training %g\n", TWINPATH_VERSION, double{first}, double{last});
  return last < first / 2 ? 0 : 1;
}
