// SPDX-License-Identifier: MIT
// Memory between the columns and the stride is neither used nor written, by any product and beside a
// neighbour in the same rows.
#include <twinpath/gemm.hpp>

#include <cmath>

#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"

using namespace tests;

TEMPLATE_TEST_CASE("padding of A and B is not used, padding of C is not written", "[edges][gemm]", float,
                   double) {
  using T = TestType;
  const auto tile = families::tile_of<T>();
  const shapes family =
      families::cross({1, tile.rows + 1, 5 * tile.rows + 1},
                      {1, tile.width - 1, tile.width + 1, tile.cols + 1, 5 * tile.cols + 1}, {1, 17, 700});
  std::size_t products = 0;
  for (const shape& s : family) {
    generator random(s.n);
    const tp::matrix<T> a = uniform_matrix<T>(s.m, s.k, random);
    const tp::matrix<T> b = uniform_matrix<T>(s.k, s.n, random);
    tp::matrix<T> dense(s.m, s.n);
    tp::gemm(a, b, dense);
    for (std::size_t extra = 1; extra <= tile.width + 1; extra += 3) {
      CAPTURE(text_of(s), extra);
      const padded_matrix<T> A(a.view(), {1, extra});
      const padded_matrix<T> B(b.view(), {2, extra});
      padded_matrix<T> C(s.m, s.n, {3, extra});
      for (const T beta : {T(0), T(1)}) {
        C.fill(T(0));
        tp::gemm(A.view(), B.view(), C.view(), T(1), beta);
        REQUIRE(C.padding_untouched());
        for (std::size_t i = 0; i < s.m; ++i) {
          for (const T c : C.view().row(i)) {
            if (std::isnan(c)) REQUIRE(!std::isnan(c));
          }
        }
        if (beta == 0) {
          const std::string wrong = difference<T>(C.view(), dense);
          REQUIRE(wrong == "");
        }
        ++products;
      }
      REQUIRE(A.padding_untouched());
      REQUIRE(B.padding_untouched());
    }
  }
  CHECK(products > 0);
}

TEMPLATE_TEST_CASE("column blocks of one buffer as A, B and C", "[edges][gemm]", float, double) {
  using T = TestType;
  generator random(15);
  const tp::matrix<T> a = uniform_matrix<T>(9, 9, random);
  const tp::matrix<T> b = uniform_matrix<T>(9, 9, random);
  tp::matrix<T> expected(9, 9);
  tp::gemm(a, b, expected);

  tp::matrix<T> buffer(9, 29);
  std::ranges::fill(buffer.elements(), filler<T>());
  const auto A = buffer.block(0, 0, 9, 9);
  const auto C = buffer.block(0, 10, 9, 9);
  const auto B = buffer.block(0, 20, 9, 9);
  for (std::size_t i = 0; i < 9; ++i) {
    std::ranges::copy(a.row(i), A.row(i).begin());
    std::ranges::copy(b.row(i), B.row(i).begin());
  }
  tp::gemm(A, B, C);
  CHECK(difference<T>(C, expected) == "");
  CHECK(difference<T>(A, a) == "");
  CHECK(difference<T>(B, b) == "");
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(is_filler<T>(buffer(i, 9)));
    CHECK(is_filler<T>(buffer(i, 19)));
  }
}
