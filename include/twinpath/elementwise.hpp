// SPDX-License-Identifier: MIT
// Elementwise functions.
#pragma once

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Y(i, j) = max(0, X(i, j)); NaN stays NaN and -0 becomes +0.
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

/// Y(i, j) = the hyperbolic tangent of X(i, j), within 2 ulp, subnormal numbers included; ±1 at ±Inf, and -0
/// stays -0. Bits: `contract::tanh`. Everything else as for `relu`.
void tanh(matrix_view<const float> X, matrix_view<float> Y);
/// The same in double.
void tanh(matrix_view<const double> X, matrix_view<double> Y);

/// Y(i, j) = erf X(i, j), the error function 2/√π ∫ e^(-t²) dt from 0 to x, within 2 ulp, subnormal numbers
/// included; ±1 at ±Inf, and -0 stays -0. Bits: `contract::erf`. Everything else as for `relu`.
void erf(matrix_view<const float> X, matrix_view<float> Y);
/// The same in double.
void erf(matrix_view<const double> X, matrix_view<double> Y);

/// Y(i, j) = 1 / (1 + e^-X(i, j)), the logistic function, within 2 ulp, gradual underflow included; 0 at
/// -Inf. Bits: `contract::sigmoid`. Everything else as for `relu`.
void sigmoid(matrix_view<const float> X, matrix_view<float> Y);
/// The same in double.
void sigmoid(matrix_view<const double> X, matrix_view<double> Y);

}  // namespace twinpath::inline v0
