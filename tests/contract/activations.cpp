// SPDX-License-Identifier: MIT
// Activations: the bits of the contract for every length and layout, and the values of PyTorch.
#include <twinpath/activation.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/loss.hpp>

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

/// SiLU with 50 digits, rounded to the nearest double: not by PyTorch.
constexpr pytorch::curve silu = {
    {-7.373009522657661e-05, -0.0223857574374287, -0.14227761953270035, -0.27837517353163604,
     -0.24061597561845527, -0.1276672449565023, -0.00497500020833125, 0.0, 0.010099996666799995,
     0.2394750640449808, 0.6398545523625035, 1.2263617142904655, 2.5299719386461095, 3.928055160151634,
     7.495854160223073, 10.999816284359671},
    {-6.758546761378339e-05, -0.01822450660588759, -0.08810410601516962, 0.0063191550846875815,
     0.1574000555032465, 0.3522199896811173, 0.49500008333208334, 0.5, 0.5099993333733311, 0.6947919584090637,
     0.8958997792330411, 1.041294154299143, 1.0963474676495746, 1.052664614891073, 1.0035907694083426,
     1.0001670111501686}};

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
    case activation::silu:
      return silu;
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

TEST_CASE("options have the names of their enumerators", "[activation]") {
  CHECK(name(activation::identity) == "identity");
  CHECK(name(activation::relu) == "relu");
  CHECK(name(activation::leaky_relu) == "leaky_relu");
  CHECK(name(activation::sigmoid) == "sigmoid");
  CHECK(name(activation::tanh) == "tanh");
  CHECK(name(activation::gelu_erf) == "gelu_erf");
  CHECK(name(activation::gelu_tanh) == "gelu_tanh");
  CHECK(name(activation::silu) == "silu");
  CHECK(all_activations.size() == 8);
  CHECK(name(tp::loss::softmax_cross_entropy) == "softmax_cross_entropy");
  CHECK(name(tp::loss::sigmoid_cross_entropy) == "sigmoid_cross_entropy");
  CHECK(name(tp::loss::mean_squared_error) == "mean_squared_error");
  CHECK(name(tp::reduction::mean) == "mean");
  CHECK(name(tp::reduction::sum) == "sum");
  for (const int x : {-1, 8, 1 << 30}) {
    CHECK(name(static_cast<activation>(x)).empty());
    CHECK(!keeps_scores(static_cast<activation>(x)));
    CHECK(name(static_cast<tp::loss>(x)).empty());
    CHECK(name(static_cast<tp::reduction>(x)).empty());
  }
}

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
  CHECK(compared == all_activations.size() * 150 * 6);
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
  CHECK(shared >= all_activations.size());
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
    for (const activation f : {activation::gelu_erf, activation::gelu_tanh, activation::silu}) {
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
