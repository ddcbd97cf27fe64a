// SPDX-License-Identifier: MIT
// What gemm refuses, with exact texts, and that nothing is written then.
#include <twinpath/gemm.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/padded.hpp"

namespace {

using namespace tests;

/// Calls gemm and returns its error; fails the test when there is none, or of another type.
template <class T>
std::string error_of(const tp::operand<T>& A, const tp::operand<T>& B, tp::matrix_view<T> C, T alpha = 1,
                     T beta = 0) {
  try {
    tp::gemm(A, B, C, alpha, beta);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

template <class T>
bool untouched(tp::matrix_view<const T> x) {
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (!std::ranges::all_of(x.row(i), is_filler<T>)) return false;
  }
  return true;
}

}  // namespace

TEMPLATE_TEST_CASE("gemm: inner dimensions must agree", "[edges][errors]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  matrix C(10, 2);
  std::ranges::fill(C.elements(), filler<T>());
  const matrix A(10, 3);
  const matrix B(4, 2);
  CHECK(error_of<T>(A, B, C) == "gemm: A is 10x3 and B is 4x2: inner dimensions 3 and 4 differ");
  CHECK(error_of<T>(A, B, C, T(0), T(1)) == "gemm: A is 10x3 and B is 4x2: inner dimensions 3 and 4 differ");
  // Shapes are those of the operands as the product sees them.
  CHECK(error_of<T>(tp::transposed(matrix(3, 10)), B, C) ==
        "gemm: A is 10x3 and B is 4x2: inner dimensions 3 and 4 differ");
  CHECK(error_of<T>(A, tp::transposed(matrix(2, 4)), C) ==
        "gemm: A is 10x3 and B is 4x2: inner dimensions 3 and 4 differ");
  CHECK(error_of<T>(matrix(10, 0), B, C) == "gemm: A is 10x0 and B is 4x2: inner dimensions 0 and 4 differ");
  CHECK(untouched<T>(C));
}

TEMPLATE_TEST_CASE("gemm: C must have the product's shape", "[edges][errors]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  const matrix A(10, 3);
  const matrix B(3, 4);
  const auto error_with = [&](std::size_t rows, std::size_t cols) {
    matrix C(rows, cols);
    std::ranges::fill(C.elements(), filler<T>());
    std::string error = error_of<T>(A, B, C);
    CHECK(untouched<T>(C));
    return error;
  };
  CHECK(error_with(10, 3) == "gemm: A is 10x3 and B is 3x4: their product is 10x4, but C is 10x3");
  CHECK(error_with(9, 4) == "gemm: A is 10x3 and B is 3x4: their product is 10x4, but C is 9x4");
  CHECK(error_with(4, 10) == "gemm: A is 10x3 and B is 3x4: their product is 10x4, but C is 4x10");
  CHECK(error_with(0, 0) == "gemm: A is 10x3 and B is 3x4: their product is 10x4, but C is 0x0");
}

TEMPLATE_TEST_CASE("gemm: C must share no element with A or B", "[edges][errors]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  matrix buffer(12, 12);
  std::ranges::fill(buffer.elements(), filler<T>());
  const matrix other(4, 4);
  const auto C = buffer.block(4, 4, 4, 4);
  const auto touching = [&](std::size_t row, std::size_t col) { return buffer.block(row, col, 4, 4); };

  CHECK(error_of<T>(C, other, C) == "gemm: C overlaps A");
  CHECK(error_of<T>(other, C, C) == "gemm: C overlaps B");
  CHECK(error_of<T>(tp::transposed(C), other, C) == "gemm: C overlaps A");
  // One element in common, at each corner.
  for (const std::size_t row : {1u, 7u}) {
    for (const std::size_t col : {1u, 7u}) {
      CHECK(error_of<T>(touching(row, col), other, C) == "gemm: C overlaps A");
      CHECK(error_of<T>(other, tp::transposed(touching(row, col)), C) == "gemm: C overlaps B");
    }
  }
  // Shapes are checked before overlaps.
  CHECK(error_of<T>(buffer.block(4, 4, 4, 3), other, C) ==
        "gemm: A is 4x3 and B is 4x4: inner dimensions 3 and 4 differ");
  CHECK(untouched<T>(buffer.view()));

  // Neighbours on all sides share nothing, although their addresses interleave.
  for (const auto& [row, col] :
       {std::pair<std::size_t, std::size_t>{0, 4}, {8, 4}, {4, 0}, {4, 8}, {0, 0}, {8, 8}}) {
    for (std::size_t i = 0; i < 4; ++i) std::ranges::fill(touching(row, col).row(i), T(0));
    CHECK(error_of<T>(touching(row, col), other, C) == "no error");
    CHECK(error_of<T>(other, touching(row, col), C) == "no error");
  }
  // A and B may be the same.
  CHECK(error_of<T>(other, other, C) == "no error");
}

TEMPLATE_TEST_CASE("gemm: views of different strides over one buffer", "[edges][errors]", float, double) {
  using T = TestType;
  std::vector<T> buffer(64);
  const tp::matrix<T> other(2, 2);
  // Elements 0 1 6 7 and 2 3 8 9 interleave; 0 1 6 7 and 6 7 … meet in 6.
  const tp::matrix_view<T> C(buffer.data(), 2, 2, 6);
  CHECK(error_of<T>(tp::matrix_view<const T>(buffer.data() + 2, 2, 2, 6), other, C) == "no error");
  CHECK(error_of<T>(tp::matrix_view<const T>(buffer.data() + 2, 2, 2, 2), other, C) == "no error");
  CHECK(error_of<T>(tp::matrix_view<const T>(buffer.data() + 2, 2, 2, 4), other, C) == "gemm: C overlaps A");
  CHECK(error_of<T>(tp::matrix_view<const T>(buffer.data() + 5, 2, 2, 20), other, C) == "gemm: C overlaps A");
  CHECK(error_of<T>(tp::matrix_view<const T>(buffer.data() + 8, 2, 2, 2), other, C) == "no error");
}

TEMPLATE_TEST_CASE("gemm: empty operands are valid", "[edges][gemm]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  matrix nothing;
  CHECK(error_of<T>(nothing, nothing, nothing) == "no error");
  matrix no_rows(0, 4);
  CHECK(error_of<T>(matrix(0, 3), matrix(3, 4), no_rows) == "no error");
  matrix no_columns(5, 0);
  CHECK(error_of<T>(matrix(5, 3), matrix(3, 0), no_columns) == "no error");
  CHECK(error_of<T>(tp::transposed(matrix(3, 5)), tp::transposed(matrix(0, 3)), no_columns) == "no error");

  // Nothing to sum: zeros, and beta counts.
  for (const std::size_t n : {1u, 3u, 40u, 300u}) {
    padded_matrix<T> C(5, n, layouts[1]);
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        const matrix A = a_transposed ? matrix(0, 5) : matrix(5, 0);
        const matrix B = b_transposed ? matrix(n, 0) : matrix(0, n);
        C.fill(T(3));
        CHECK(error_of<T>({A, a_transposed}, {B, b_transposed}, C.view(), T(1), T(0.5)) == "no error");
        for (std::size_t i = 0; i < 5; ++i) {
          CHECK(std::ranges::all_of(C.view().row(i), [](T c) { return c == T(1.5); }));
        }
        CHECK(error_of<T>({A, a_transposed}, {B, b_transposed}, C.view()) == "no error");
        for (std::size_t i = 0; i < 5; ++i) {
          CHECK(std::ranges::all_of(C.view().row(i), [](T c) { return same_bits(c, T(0)); }));
        }
        CHECK(C.padding_untouched());
      }
    }
  }
}
