// SPDX-License-Identifier: MIT
// A multiply-add rounds once on every tier with a fused one, and twice on baseline.
#include <twinpath/gemm.hpp>
#include <twinpath/sgd.hpp>

#include <cmath>

#include "support/catch.hpp"
#include "support/shapes.hpp"

using namespace tests;

namespace {

// x * x = 1 + 2e + e^2, where e^2 is lost when the product is rounded; what is left after subtracting
// 1 + 2e is e^2 with one rounding and 0 with two.
template <class T>
struct probe {
  static constexpr T e = std::is_same_v<T, float> ? T(0x1p-13) : T(0x1p-27);
  static constexpr T x = T(1) + e;
  static constexpr T rounded = T(1) + 2 * e;
  static constexpr T once = e * e;
};

template <class T>
T expected() {
  return tp::active_isa() == tp::isa::baseline ? T(0) : probe<T>::once;
}

}  // namespace

TEMPLATE_TEST_CASE("the probe tells one rounding from two", "[fma]", float, double) {
  using p = probe<TestType>;
  const volatile TestType product = p::x * p::x;
  CHECK(product - p::rounded == 0);
  CHECK(std::fma(p::x, p::x, -p::rounded) == p::once);
}

TEMPLATE_TEST_CASE("fma of a product rounds as often as the tier's arithmetic", "[fma]", float, double) {
  using T = TestType;
  using p = probe<T>;
  const auto tile = families::tile_of<T>();
  std::size_t elements = 0;
  for (std::size_t m = 1; m <= tile.rows; ++m) {
    for (const std::size_t n : families::up_to(tile.widest + 1)) {
      // fma(x, x, fma(-1, rounded, 0))
      tp::matrix<T> A(m, 2);
      tp::matrix<T> B(2, n);
      tp::matrix<T> C(m, n);
      for (std::size_t i = 0; i < m; ++i) {
        A(i, 0) = T(-1);
        A(i, 1) = p::x;
      }
      for (std::size_t j = 0; j < n; ++j) {
        B(0, j) = p::rounded;
        B(1, j) = p::x;
      }
      tp::gemm(A, B, C);
      for (const T c : C.elements()) {
        if (c != expected<T>()) {
          CAPTURE(m, n);
          REQUIRE(c == expected<T>());
        }
        ++elements;
      }
    }
  }
  CHECK(elements > 0);
}

TEMPLATE_TEST_CASE("fma of beta and of the update rounds as often as the tier's arithmetic", "[fma]", float,
                   double) {
  using T = TestType;
  using p = probe<T>;
  const std::size_t n = families::tile_of<T>().widest + 1;
  tp::matrix<T> A(1, 1);
  tp::matrix<T> B(1, n);
  tp::matrix<T> C(1, n);
  tp::matrix<T> W(1, n);
  A(0, 0) = T(1);
  for (std::size_t j = 0; j < n; ++j) {
    B(0, j) = p::x;
    C(0, j) = p::rounded;
    W(0, j) = -p::rounded;
  }
  tp::gemm(A, B, C, p::x, T(-1));
  for (const T c : C.elements()) REQUIRE(c == expected<T>());

  tp::matrix<T> gradients(1, n);
  for (T& g : gradients.elements()) g = -p::x;
  tp::update(tp::sgd{.learning_rate = double(p::x)}, W.elements(), gradients.elements());
  for (const T w : W.elements()) REQUIRE(w == expected<T>());
}
