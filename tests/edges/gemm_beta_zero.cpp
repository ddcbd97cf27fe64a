// SPDX-License-Identifier: MIT
// With beta = 0 the old C is not read: NaN in it leaves no trace, on whole tiles and on partial ones.
#include <twinpath/gemm.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"

namespace {

using namespace tests;

template <class T>
struct counts {
  std::size_t whole = 0;    ///< products of whole tiles alone
  std::size_t partial = 0;  ///< products with partial tiles
};

template <class T>
void check(const shape& s, T alpha, T old, counts<T>& taken) {
  CAPTURE(text_of(s), alpha, old);
  generator random(s.m + s.n);
  const tp::matrix<T> A = uniform_matrix<T>(s.m, s.k, random);
  const tp::matrix<T> B = uniform_matrix<T>(s.k, s.n, random);
  tp::matrix<T> zeros(s.m, s.n);
  tp::gemm(A, B, zeros, alpha, T(0));
  padded_matrix<T> C(s.m, s.n, layouts[1]);
  C.fill(old);
  tp::gemm(A, B, C.view(), alpha, T(0));
  const std::string wrong = difference<T>(C.view(), zeros);
  REQUIRE(wrong == "");
  for (std::size_t i = 0; i < s.m; ++i) {
    for (const T c : C.view().row(i)) {
      if (!std::isfinite(c)) REQUIRE(std::isfinite(c));
    }
  }
  const auto tile = families::tile_of<T>();
  ++(s.n % tile.width == 0 && s.m % tile.rows == 0 ? taken.whole : taken.partial);
}

}  // namespace

TEMPLATE_TEST_CASE("beta = 0 ignores NaN and infinity in C", "[edges][gemm]", float, double) {
  using T = TestType;
  using limits = std::numeric_limits<T>;
  const auto tile = families::tile_of<T>();
  shapes family = families::cross({1, tile.rows - 1, tile.rows, tile.rows + 1, 2 * tile.rows},
                                  {1, tile.width - 1, tile.width, tile.width + 1, tile.cols, tile.cols + 1,
                                   2 * tile.cols, tile.widest + 1},
                                  {1, 3, 40});
  // Several blocks of k, several slices, several workers.
  families::append(family, {{tile.rows, tile.cols, 700},
                            {tile.rows + 1, tile.cols + 1, 8200},
                            {5 * tile.rows, 5 * tile.cols, 400},
                            {5 * tile.rows + 1, 5 * tile.cols + 1, 400}});
  counts<T> taken;
  for (const shape& s : family) {
    for (const T alpha : {T(1), T(0.7), T(0)}) {
      for (const T old : {limits::quiet_NaN(), limits::infinity()}) check(s, alpha, old, taken);
    }
  }
  CHECK(taken.whole > 0);
  CHECK(taken.partial > 0);
}

TEMPLATE_TEST_CASE("beta = 0 and nothing to multiply gives zeros over NaN", "[edges][gemm]", float, double) {
  using T = TestType;
  const std::size_t n = families::tile_of<T>().cols + 1;
  padded_matrix<T> C(5, n, layouts[2]);
  C.fill(std::numeric_limits<T>::quiet_NaN());
  tp::gemm(tp::matrix<T>(5, 0), tp::matrix<T>(0, n), C.view());
  for (std::size_t i = 0; i < 5; ++i) {
    for (const T c : C.view().row(i)) REQUIRE(same_bits(c, T(0)));
  }
  CHECK(C.padding_untouched());
}

TEMPLATE_TEST_CASE("beta other than 0 keeps NaN of C where it stands", "[edges][gemm]", float, double) {
  using T = TestType;
  const std::size_t n = families::tile_of<T>().cols + 1;
  generator random(14);
  const tp::matrix<T> A = uniform_matrix<T>(7, 9, random);
  const tp::matrix<T> B = uniform_matrix<T>(9, n, random);
  tp::matrix<T> C(7, n);
  C(3, 0) = C(6, n - 1) = std::numeric_limits<T>::quiet_NaN();
  tp::gemm(A, B, C, T(1), T(0.5));
  for (std::size_t i = 0; i < C.rows(); ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const bool was_nan = (i == 3 && j == 0) || (i == 6 && j == n - 1);
      REQUIRE(std::isnan(C(i, j)) == was_nan);
    }
  }
}
