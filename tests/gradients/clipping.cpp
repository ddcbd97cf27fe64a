// SPDX-License-Identifier: MIT
// Clipping by the global norm.
#include <twinpath/mlp.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "contract/pytorch.hpp"
#include "support/arithmetic.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

template <class T>
tp::mlp<T> with_gradients(const std::vector<std::size_t>& widths) {
  tp::mlp<T> net(widths);
  const tp::matrix<T> X(1, widths.front()), Y(1, widths.back());
  net.compute_gradients(X, Y);
  generator random(5);
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    for (T& g : net.gradients(l)) g = random.uniform<T>();
  }
  return net;
}

}  // namespace

TEMPLATE_TEST_CASE("clipped gradients are PyTorch's", "[gradients][clip]", float, double) {
  using T = TestType;
  for (const pytorch::clipped& expected : {pytorch::max_norm_below, pytorch::max_norm_above}) {
    tp::mlp<T> net = with_gradients<T>({1, 3, 1});
    std::ranges::transform(pytorch::clip_a, net.gradients(1).begin(), [](double g) { return T(g); });
    std::ranges::transform(pytorch::clip_b, net.gradients(2).begin(), [](double g) { return T(g); });
    // PyTorch divides by norm + 1e-6.
    CHECK(std::abs(net.clip_gradients(expected.max_norm) - expected.norm) < 1e-6);
    for (std::size_t i = 0; i < 6; ++i) CHECK(std::abs(net.gradients(1)[i] - expected.a[i]) < 1e-6);
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(net.gradients(2)[i] - expected.b[i]) < 1e-6);
  }
}

TEMPLATE_TEST_CASE("norm and clipped gradients have the bits of the contract", "[gradients][clip]", float,
                   double) {
  using T = TestType;
  for (const std::size_t hidden : {1u, 7u, 64u, 500u}) {
    tp::mlp<T> before = with_gradients<T>({300, hidden, 3});
    double squares = 0;
    with_arithmetic([&]<class arithmetic>(arithmetic) {
      for (std::size_t l = 1; l <= 2; ++l)
        squares = squares + tp::contract::squares<arithmetic, T>(std::as_const(before).gradients(l));
    });
    const double norm = std::sqrt(squares);
    for (const std::size_t threads : thread_counts) {
      tp::mlp<T> net = before;
      on_threads(threads, [&] { CHECK(same_bits(net.clip_gradients(norm / 3), T(norm))); });
      const T factor = tp::contract::clip_factor<T>(norm / 3, norm);
      for (std::size_t l = 1; l <= 2; ++l) {
        tp::matrix<T> expected(1, net.gradients(l).size());
        for (std::size_t i = 0; i < expected.size(); ++i) expected(0, i) = factor * before.gradients(l)[i];
        CHECK(difference<T>(std::as_const(net).gradients(l), std::as_const(expected).elements()) == "");
      }
      net = before;
      CHECK(net.clip_gradients(2 * norm) == T(norm));
      CHECK(std::ranges::equal(net.gradients(1), before.gradients(1)));
    }
  }
}

TEMPLATE_TEST_CASE("gradients of any size have their norm and are clipped", "[gradients][clip]", float,
                   double) {
  using T = TestType;
  constexpr int highest = std::numeric_limits<T>::max_exponent;
  const tp::mlp<T> ordinary = with_gradients<T>({30, 40, 3});
  for (int exponent = 3 - std::numeric_limits<T>::digits - highest; exponent <= highest - 9; exponent += 7) {
    tp::mlp<T> before = ordinary;
    long double exact = 0;
    double squares = 0;
    for (std::size_t l = 1; l <= 2; ++l) {
      for (T& g : before.gradients(l)) {
        g = std::ldexp(g, exponent);
        exact += static_cast<long double>(g) * static_cast<long double>(g);
      }
    }
    exact = std::sqrt(exact);
    double expected = 0;
    with_arithmetic([&]<class arithmetic>(arithmetic) {
      const auto sum = [&](T scale) {
        squares = 0;
        for (std::size_t l = 1; l <= 2; ++l)
          squares = squares + tp::contract::squares<arithmetic, T>(std::as_const(before).gradients(l), scale);
        return squares;
      };
      const T scale = tp::contract::norm_scale<T>(sum(T(1)));
      expected = tp::contract::norm<T>(sum(scale), scale);
    });
    CAPTURE(exponent);
    for (const std::size_t threads : thread_counts) {
      tp::mlp<T> net = before;
      const double largest = static_cast<double>(exact) / 2;
      on_threads(threads, [&] { REQUIRE(same_bits(net.clip_gradients(largest), T(expected))); });
      // A subnormal norm has fewer digits.
      CHECK(std::abs(static_cast<long double>(expected) - exact) <=
            1e-6L * exact + std::numeric_limits<double>::denorm_min());
      const T factor = tp::contract::clip_factor<T>(largest, expected);
      CHECK(net.gradients(1)[0] == factor * before.gradients(1)[0]);
    }
  }
}

TEMPLATE_TEST_CASE("clipping leaves gradients without a finite norm, and refuses impossible norms",
                   "[gradients][clip]", float, double) {
  using T = TestType;
  tp::mlp<T> net = with_gradients<T>({3, 4, 2});
  net.gradients(2)[1] = std::numeric_limits<T>::infinity();
  const tp::mlp<T> before = net;
  CHECK(std::isinf(net.clip_gradients(1)));
  CHECK(std::ranges::equal(net.gradients(1), before.gradients(1)));
  CHECK_THROWS_WITH(net.clip_gradients(-1),
                    "clip_gradients: the largest norm -1 is not a number from 0");
  CHECK_THROWS_AS(net.clip_gradients(std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
  tp::mlp<T> fresh({3, 4, 2});
  CHECK_THROWS_WITH(fresh.clip_gradients(1), "clip_gradients: there are no gradients yet");
}
