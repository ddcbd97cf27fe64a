// SPDX-License-Identifier: MIT
// Classes that a bias of -Inf masks: their probability stays 0, and all else stays finite.
#include <twinpath/mlp.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/schedules.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

constexpr std::size_t classes = 20;
constexpr std::size_t unmasked = 10;

}  // namespace

TEMPLATE_TEST_CASE("a class with a bias of -Inf stays masked", "[gradients]", float, double) {
  using T = TestType;
  const T infinity = std::numeric_limits<T>::infinity();
  generator random(41);
  const tp::matrix<T> X = uniform_matrix<T>(32, 8, random);
  tp::matrix<T> Y(32, classes);
  std::vector<std::int32_t> labels(32);
  for (std::size_t i = 0; i < 32; ++i) {
    labels[i] = static_cast<std::int32_t>(i % unmasked);
    Y(i, i % unmasked) = 1;
  }
  const tp::optimizer rules[] = {tp::sgd{},
                                 tp::sgd{.learning_rate = 0},
                                 tp::sgd{.momentum = 0.9},
                                 tp::sgd{.momentum = 0.9, .nesterov = true},
                                 tp::adam{},
                                 tp::adamw{},
                                 tp::adamw{.weight_decay = 0}};
  for (const tp::optimizer& rule : rules) {
    for (const tp::schedule how : all_schedules) {
      for (const bool soft : {false, true}) {
        CAPTURE(&rule - rules, static_cast<int>(how), soft);
        tp::mlp<T> net({8, 16, classes}, {.seed = 1, .schedule = how});
        std::vector<T> bias(classes, T(0));
        for (std::size_t j = unmasked; j < classes; ++j) bias[j] = -infinity;
        net.set_bias(2, bias);
        on_threads(2, [&] {
          for (std::size_t s = 0; s < 10; ++s) {
            const T loss = soft ? net.train_step(X, Y, rule) : net.train_step(X, labels, rule);
            REQUIRE(std::isfinite(loss));
          }
        });
        const tp::matrix<T> P = net.predict(X);
        for (std::size_t i = 0; i < P.rows(); ++i) {
          for (std::size_t j = 0; j < classes; ++j) REQUIRE((j < unmasked ? P(i, j) > 0 : P(i, j) == 0));
        }
        for (std::size_t j = unmasked; j < classes; ++j) REQUIRE(net.bias(2)[j] == -infinity);
        const std::vector<T> before(net.parameters(2).begin(), net.parameters(2).end());
        net.compute_gradients(X, labels);
        for (const T g : net.gradients(2)) REQUIRE(std::isfinite(g));
      }
    }
  }
}
