// SPDX-License-Identifier: MIT
// Sums of matrices, in parallel, with the same bits on any number of threads.
#pragma once

#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// out[j] = sum over i of X(i, j), as NumPy's `sum(X, axis=0)`; zeros if X has no rows.
///
/// Shapes: X is m x n, out has n elements.
/// Bits: `contract::column_sums`.
/// Overlap: out must be disjoint from X.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if the sizes differ or out overlaps X; and
/// std::bad_alloc.
void column_sums(matrix_view<const float> X, std::span<float> out);
/// The same in double.
void column_sums(matrix_view<const double> X, std::span<double> out);

/// out[i] = sum over j of X(i, j), as NumPy's `sum(X, axis=1)`; zeros if X has no columns.
///
/// Shapes: X is m x n, out has m elements.
/// Bits: `contract::row_sum`. Otherwise as `column_sums`.
void row_sums(matrix_view<const float> X, std::span<float> out);
/// The same in double.
void row_sums(matrix_view<const double> X, std::span<double> out);

/// The sum of all elements, computed as the column sum of the row sums; 0 if X is empty.
///
/// Bits: `contract::sum`.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::bad_alloc.
[[nodiscard]] float sum(matrix_view<const float> X);
/// The same in double.
[[nodiscard]] double sum(matrix_view<const double> X);

}  // namespace twinpath::inline v0
