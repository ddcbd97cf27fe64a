// SPDX-License-Identifier: MIT
// If alpha or k is 0, C becomes beta * C and neither A nor B is read; if m or n is 0, nothing is written.
#include <limits>

#include "blas/interfaces.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;

/// C, and beta * C as the reference BLAS computes it.
template <class T>
void check_scaled(way w, char transa, char transb, int m, int n, int k, T alpha, const T* ab, T beta) {
  CAPTURE(text_of(w), transa, transb, m, n, k, alpha, beta);
  generator random(11);
  const bool rows = w == way::cblas_rows;
  const auto lines = static_cast<std::size_t>(rows ? m : n);
  const auto length = static_cast<std::size_t>(rows ? n : m);
  const tp::matrix<T> old = special_matrix<T>(lines, length, random, 3);
  padded_matrix<T> C(old, layouts[1]);
  if (beta == 0) C.fill(filler<T>());
  call<T>(w, transa, transb, m, n, k, alpha, ab, 50, ab, 50, beta, C.view().data(),
          static_cast<int>(C.view().stride()));
  tp::matrix<T> expected(lines, length);
  for (std::size_t i = 0; i < old.size(); ++i) {
    expected.elements()[i] = beta == 0 ? T(0) : beta == 1 ? old.elements()[i] : beta * old.elements()[i];
  }
  CHECK(difference<T>(C.view(), expected) == "");
  CHECK(C.padding_untouched());
}

template <class T>
constexpr T betas[] = {
    T(0), T(-0.0), T(1), T(-0.3), std::numeric_limits<T>::infinity(), std::numeric_limits<T>::quiet_NaN()};

}  // namespace

TEMPLATE_TEST_CASE("BLAS: alpha = 0 and k = 0 scale C", "[blas]", float, double) {
  using T = TestType;
  const tp::matrix<T> poison = [] {
    tp::matrix<T> x(50, 50);
    for (T& e : x.elements()) e = filler<T>();
    return x;
  }();
  for (const way w : ways) {
    for (const char transa : {'N', 'T'}) {
      for (const char transb : {'N', 'T'}) {
        for (const T beta : betas<T>) {
          for (const T* ab : {poison.data(), static_cast<const T*>(nullptr)}) {
            check_scaled<T>(w, transa, transb, 9, 33, 17, T(0), ab, beta);
            check_scaled<T>(w, transa, transb, 9, 33, 17, T(-0.0), ab, beta);
            check_scaled<T>(w, transa, transb, 33, 9, 0, T(1), ab, beta);
            check_scaled<T>(w, transa, transb, 33, 9, 0, std::numeric_limits<T>::infinity(), ab, beta);
          }
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("BLAS: beta = 1 leaves the bits of NaN in C untouched", "[blas]", float, double) {
  using T = TestType;
  const T x = T(1);
  for (const way w : ways) {
    for (const bool k_is_zero : {false, true}) {
      T c = filler<T>();
      call<T>(w, 'N', 'N', 1, 1, k_is_zero ? 0 : 1, k_is_zero ? T(1) : T(0), &x, 1, &x, 1, T(1), &c, 1);
      CHECK(is_filler<T>(c));
    }
  }
}

TEMPLATE_TEST_CASE("BLAS: m = 0 or n = 0 touches nothing", "[blas]", float, double) {
  using T = TestType;
  for (const way w : ways) {
    for (const T beta : betas<T>) {
      T c = filler<T>();
      call<T>(w, 'N', 'T', 0, 5, 3, T(1), nullptr, 5, nullptr, 5, beta, &c, 5);
      call<T>(w, 'T', 'N', 5, 0, 3, T(1), nullptr, 5, nullptr, 5, beta, &c, 5);
      call<T>(w, 'N', 'N', 0, 0, 0, T(1), nullptr, 1, nullptr, 1, beta, nullptr, 1);
      CHECK(is_filler<T>(c));
    }
  }
}
