// SPDX-License-Identifier: MIT
// Predictions of a network and of a predictor have the bits of the contract.
#include <twinpath/predictor.hpp>

#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/predicted.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

}  // namespace

TEMPLATE_TEST_CASE("predictions have the bits of the contract", "[predict]", float, double) {
  using T = TestType;
  generator random(51);
  for (const std::vector<std::size_t>& widths :
       {std::vector<std::size_t>{3, 4, 2}, {784, 128, 10}, {70, 1024, 33, 5}, {9, 7}}) {
    for (const tp::activation f : all_activations) {
      const tp::loss which = all_losses[static_cast<std::size_t>(f) % 3];
      tp::mlp<T> net(widths, {.seed = 4, .activation = f, .loss = which});
      for (std::size_t l = 1; l <= net.layers(); ++l) {
        for (T& b : net.bias(l)) b = random.uniform<T>();
      }
      for (const std::size_t m : {1u, 3u, 40u}) {
        const tp::matrix<T> X = uniform_matrix<T>(m, widths.front(), random);
        const tp::matrix<T> expected = predicted(net, X);
        for (const std::size_t threads : {1u, 3u}) {
          CAPTURE(widths.size(), static_cast<int>(f), m, threads);
          on_threads(threads, [&] {
            const padded_matrix<T> input(X.view(), layouts[1]);
            padded_matrix<T> P(m, widths.back(), layouts[2]);
            net.predict(input.view(), P.view());
            REQUIRE(difference<T>(P.view(), expected) == "");
            tp::predictor<T> frozen(net, m);
            for (int again = 0; again < 2; ++again) {
              P.fill(filler<T>());
              frozen.predict(input.view(), P.view());
              REQUIRE(difference<T>(P.view(), expected) == "");
              REQUIRE(P.padding_untouched());
            }
          });
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a predictor keeps the weights that it was made with", "[predict]", float, double) {
  using T = TestType;
  tp::mlp<T> net({5, 6, 3});
  const tp::matrix<T> X(2, 5);
  tp::predictor<T> frozen(net, 2);
  const tp::matrix<T> before = net.predict(X);
  for (T& w : net.parameters(1)) w += 1;
  for (T& w : net.parameters(2)) w += T(0.5);
  tp::matrix<T> P(2, 3);
  frozen.predict(X, P);
  CHECK(difference<T>(P, before) == "");
  CHECK(frozen.rows() == 2);
  const tp::matrix<T> three(3, 5);
  CHECK_THROWS_WITH(frozen.predict(three, P), "predict: X is 3x5, expected 2x5");
}
