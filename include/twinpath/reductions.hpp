// SPDX-License-Identifier: MIT
// Sums over a batch, in parallel and with the same bits on any number of threads.
#pragma once

#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// out[j] = sum over i of X(i, j): NumPy's `sum(X, axis=0)`; zeros when X has no rows.
///
/// Shapes: X is m x n, out has n elements. Bits: `contract::column_sums`.
/// Overlap: out must share no element with X. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when the sizes differ or out overlaps X.
void column_sums(matrix_view<const float> X, std::span<float> out);
/// The same in double.
void column_sums(matrix_view<const double> X, std::span<double> out);

/// out[i] = sum over j of X(i, j): NumPy's `sum(X, axis=1)`; zeros when X has no columns.
///
/// Shapes: X is m x n, out has m elements. Bits: `contract::row_sum`. Otherwise as `column_sums`.
void row_sums(matrix_view<const float> X, std::span<float> out);
/// The same in double.
void row_sums(matrix_view<const double> X, std::span<double> out);

/// The sum of all elements: the column sum of the row sums; 0 when X is empty.
///
/// Bits: `contract::sum`. Thread safety and parallelism as for `gemm`.
[[nodiscard]] float sum(matrix_view<const float> X);
/// The same in double.
[[nodiscard]] double sum(matrix_view<const double> X);

}  // namespace twinpath::inline v0
