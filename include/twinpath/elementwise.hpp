// SPDX-License-Identifier: MIT
// Functions of single elements.
#pragma once

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Y(i, j) = max(0, X(i, j)); a NaN stays NaN and -0 becomes +0.
///
/// Shapes: X and Y are m x n. Bits: `contract::relu`.
/// Overlap: Y may be exactly X; every other overlap throws. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when the shapes differ or the views overlap partly.
void relu(matrix_view<const float> X, matrix_view<float> Y);
/// The same in double.
void relu(matrix_view<const double> X, matrix_view<double> Y);

/// Y(i, j) = e^X(i, j), within 2 ulp, gradual underflow included.
/// Bits: `contract::exp`. Everything else as for `relu`.
void exp(matrix_view<const float> X, matrix_view<float> Y);
/// The same in double.
void exp(matrix_view<const double> X, matrix_view<double> Y);

/// Y(i, j) = ln X(i, j), within 2 ulp; -Inf for 0 and NaN below 0.
/// Bits: `contract::log`. Everything else as for `relu`.
void log(matrix_view<const float> X, matrix_view<float> Y);
/// The same in double.
void log(matrix_view<const double> X, matrix_view<double> Y);

}  // namespace twinpath::inline v0
