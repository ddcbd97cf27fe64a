// SPDX-License-Identifier: MIT
// The gradients of every activation and loss, by check_gradients of the library.
#include <twinpath/check_gradients.hpp>

#include <cmath>

#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;

}  // namespace

TEMPLATE_TEST_CASE("gradients of every activation and loss", "[gradients]", float, double) {
  using T = TestType;
  const double bound = std::is_same_v<T, float> ? 2e-4 : 2e-6;
  generator random(41);
  const tp::matrix<T> X = uniform_matrix<T>(9, 7, random);
  tp::matrix<T> Y = uniform_matrix<T>(9, 4, random);
  for (T& y : Y.elements()) y = std::abs(y);
  for (const tp::activation f : all_activations) {
    for (const tp::loss which : all_losses) {
      for (const tp::reduction how : {tp::reduction::mean, tp::reduction::sum}) {
        const tp::mlp<T> net({7, 10, 8, 4}, {.seed = 3, .activation = f, .loss = which, .reduction = how});
        const tp::gradient_check found = check_gradients(net, X, Y);
        INFO(static_cast<int>(f) << ", " << static_cast<int>(which) << ": " << found.text(net.widths()));
        CHECK(found.largest_gradient > 1e-3);
        CHECK(found.largest_error < bound);
        CHECK(found.largest_error > 0);
        CHECK(found.checked == 80 + 88 + 36);
      }
    }
  }
}

TEMPLATE_TEST_CASE("check_gradients names the parameter, and accepts class indices", "[gradients]", float,
                   double) {
  using T = TestType;
  generator random(42);
  const tp::matrix<T> X = uniform_matrix<T>(9, 7, random);
  const std::vector<std::int32_t> classes{0, 1, 2, 3, 0, 1, 2, 3, 0};
  const tp::mlp<T> net({7, 30, 4});
  const tp::gradient_check few = check_gradients(net, X, classes, 10);
  CHECK(few.checked == 20);
  CHECK(few.layer >= 1);
  CHECK(few.layer <= 2);
  CHECK(few.place < net.parameters(few.layer).size());
  CHECK(few.largest_error < 1e-3);
  CHECK(check_gradients(net, X, classes, 0).text(net.widths()) == "no parameter checked");

  tp::gradient_check at;
  at.layer = 2;
  at.place = 30 * 4 + 1;
  at.largest_error = 0.5;
  at.gradient = 1.5;
  at.quotient = 3;
  at.checked = 7;
  CHECK(at.text(net.widths()) ==
        "largest error 0.5 at bias 1 of layer 2: gradient 1.5, difference quotient 3; 7 parameters "
        "checked");
}
