// SPDX-License-Identifier: MIT
// Activations: the bits of the contract for every length and layout, and the values of PyTorch.
#include <twinpath/activation.hpp>
#include <twinpath/dense.hpp>

#include <cmath>
#include <limits>

#include "pytorch.hpp"
#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::activation;

const pytorch::curve& curve_of(activation f) {
  switch (f) {
    case activation::relu:
      return pytorch::relu;
    case activation::leaky_relu:
      return pytorch::leaky_relu;
    case activation::sigmoid:
      return pytorch::sigmoid;
    case activation::tanh:
      return pytorch::tanh;
    case activation::gelu_erf:
      return pytorch::gelu;
    default:
      return pytorch::gelu_tanh;
  }
}

/// f'(z) by the backprop path of a 1x1 layer.
template <class T>
T derivative(activation f, T z) {
  const tp::matrix<T> one{{1}}, Z{{z}};
  tp::matrix<T> A(1, 1), dZ(1, 1);
  tp::activate(f, Z, A);
  tp::backprop_path(one, one, keeps_scores(f) ? Z : A, dZ, f);
  return dZ(0, 0);
}

}  // namespace

TEMPLATE_TEST_CASE("activate: every length, layout and corner", "[activation]", float, double) {
  using T = TestType;
  generator random(21);
  std::size_t compared = 0;
  for (const activation f : all_activations) {
    for (std::size_t n = 1; n <= 150; ++n) {
      const tp::matrix<T> z = n % 3 == 0 ? special_matrix<T>(3, n, random) : uniform_matrix<T>(3, n, random);
      tp::matrix<T> wide = z;
      for (T& x : wide.elements()) x = x * T(9);
      const tp::matrix<T> expected = activated(f, wide);
      for (std::size_t l = 0; l < std::size(layouts); ++l) {
        padded_matrix<T> Z(wide.view(), layouts[l]);
        padded_matrix<T> A(3, n, layouts[(l + 1) % std::size(layouts)]);
        CAPTURE(static_cast<int>(f), n, l);
        tp::activate(f, Z.view(), A.view());
        REQUIRE(difference<T>(A.view(), expected) == "");
        REQUIRE(A.padding_untouched());
        tp::activate(f, Z.view(), Z.view());
        REQUIRE(difference<T>(Z.view(), expected) == "");
        REQUIRE(Z.padding_untouched());
        compared += 2;
      }
    }
  }
  CHECK(compared == 7 * 150 * 6);
}

TEMPLATE_TEST_CASE("activate over threads", "[activation]", float, double) {
  using T = TestType;
  generator random(22);
  const tp::matrix<T> z = uniform_matrix<T>(300, 301, random);
  std::size_t shared = 0;
  for (const activation f : all_activations) {
    const tp::matrix<T> expected = activated(f, z);
    for (const std::size_t threads : thread_counts) {
      tp::matrix<T> A(300, 301);
      std::size_t pieces = 0;
      on_threads(threads, [&] { pieces = pieces_of("activate", [&] { tp::activate(f, z, A); }); });
      CHECK(difference<T>(A, expected) == "");
      CHECK((threads > 1 || pieces == 1));
      shared += pieces > 1 ? 1 : 0;
    }
  }
  CHECK(shared >= 7);
}

TEMPLATE_TEST_CASE("activations and their derivatives are PyTorch's", "[activation]", float, double) {
  using T = TestType;
  const double unit = std::numeric_limits<T>::epsilon();
  for (const activation f : all_activations) {
    if (f == activation::identity) continue;
    const pytorch::curve& expected = curve_of(f);
    for (std::size_t i = 0; i < pytorch::points; ++i) {
      const T z = static_cast<T>(pytorch::z[i]);
      const tp::matrix<T> Z{{z}};
      tp::matrix<T> A(1, 1);
      tp::activate(f, Z, A);
      CAPTURE(static_cast<int>(f), z);
      CHECK(std::abs(A(0, 0) - expected.value[i]) <= 4 * unit * std::max(1.0, std::abs(pytorch::z[i])));
      CHECK(std::abs(derivative(f, z) - expected.derivative[i]) <= 8 * unit);
    }
  }
}

TEMPLATE_TEST_CASE("activations at the ends of their range", "[activation]", float, double) {
  using T = TestType;
  using limits = std::numeric_limits<T>;
  const T inf = limits::infinity();
  for (const T large : {T(1000), limits::max(), inf}) {
    CAPTURE(large);
    for (const activation f : {activation::sigmoid, activation::tanh}) {
      CHECK(derivative(f, large) == 0);
      CHECK(derivative(f, -large) == 0);
    }
    for (const activation f : {activation::gelu_erf, activation::gelu_tanh}) {
      CHECK(derivative(f, large) == 1);
      CHECK(derivative(f, -large) == 0);
    }
    CHECK(derivative(activation::leaky_relu, -large) == static_cast<T>(tp::leaky_relu_slope));
  }
  for (const activation f : all_activations) {
    const tp::matrix<T> Z{{limits::quiet_NaN()}};
    tp::matrix<T> A(1, 1);
    tp::activate(f, Z, A);
    CHECK(std::isnan(A(0, 0)));
  }
}
