// SPDX-License-Identifier: MIT
#include "blas/column_major_gemm.hpp"

#include <algorithm>
#include <cstddef>

#include <twinpath/gemm.hpp>

namespace twinpath::inline v0::detail::blas {
namespace {

/// A column-major matrix of `columns` columns with `length` elements each, as the row-major view of its
/// transpose.
template <class T>
matrix_view<T> columns_as_rows(T* data, int columns, int length, int leading_dimension) {
  return {data, static_cast<std::size_t>(columns), static_cast<std::size_t>(length),
          static_cast<std::size_t>(leading_dimension)};
}

/// The transpose of op(X), which is `rows` x `cols`.
template <class T>
operand<T> transpose_of(const T* x, bool is_transposed, int rows, int cols, int leading_dimension) {
  if (is_transposed) return transposed(columns_as_rows(x, rows, cols, leading_dimension));
  return columns_as_rows(x, cols, rows, leading_dimension);
}

template <class T>
void scale(const matrix_view<T>& C, T beta) {
  if (beta == 1) return;
  for (std::size_t i = 0; i < C.rows(); ++i) {
    // Not beta * c for beta = 0, because the old C may hold NaN.
    for (T& c : C.row(i)) c = beta == 0 ? T(0) : beta * c;
  }
}

}  // namespace

template <class T>
int column_major_gemm<T>::illegal_argument() const noexcept {
  if (m < 0) return 3;
  if (n < 0) return 4;
  if (k < 0) return 5;
  if (lda < std::max(1, a_transposed ? k : m)) return 8;
  if (ldb < std::max(1, b_transposed ? n : k)) return 10;
  if (ldc < std::max(1, m)) return 13;
  return 0;
}

template <class T>
void column_major_gemm<T>::run() const noexcept {
  if (m == 0 || n == 0) return;
  const matrix_view<T> C = columns_as_rows(c, n, m, ldc);
  if (alpha == 0 || k == 0) return scale(C, beta);
  // The row-major product of the transposes, C' = op(B)' * op(A)'.
  gemm(transpose_of(b, b_transposed, k, n, ldb), transpose_of(a, a_transposed, m, k, lda), C, alpha, beta);
}

template struct column_major_gemm<float>;
template struct column_major_gemm<double>;

}  // namespace twinpath::inline v0::detail::blas
