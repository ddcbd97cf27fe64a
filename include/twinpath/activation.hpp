// SPDX-License-Identifier: MIT
// What a layer applies to its scores.
#pragma once

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// A function of each element of Z = X*W + b. Its derivative, for the backprop path, is taken from A where A
/// tells it, and from Z, which is then kept, where A does not: see `keeps_scores`.
enum class activation {
  identity,    ///< A = Z
  relu,        ///< A = max(0, Z); works from A
  leaky_relu,  ///< A = Z > 0 ? Z : leaky_relu_slope * Z; works from A
  sigmoid,     ///< A = 1 / (1 + exp(-Z)); works from A: A' = A - A^2
  tanh,        ///< A = tanh(Z); works from A: A' = 1 - A^2
  gelu_erf,    ///< A = Z/2 * (1 + erf(Z / sqrt(2))) (Hendrycks and Gimpel, 2016); keeps Z
  gelu_tanh,   ///< A = Z/2 * (1 + tanh(sqrt(2/pi) * (Z + 0.044715 Z^3))), close to gelu_erf; keeps Z
};

/// The slope of `activation::leaky_relu` below 0.
inline constexpr double leaky_relu_slope = 0.01;

/// Whether the backprop path needs the scores Z: GELU falls and rises, so A does not tell its slope.
[[nodiscard]] constexpr bool keeps_scores(activation f) noexcept {
  return f == activation::gelu_erf || f == activation::gelu_tanh;
}

/// A(i, j) = f(Z(i, j)).
///
/// Shapes: Z and A are m x n. Bits: `contract::activate`. A NaN stays NaN.
/// Overlap: A may be exactly Z; every other overlap throws. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when the shapes differ, the views overlap partly, or f is no enumerator.
void activate(activation f, matrix_view<const float> Z, matrix_view<float> A);
/// The same in double.
void activate(activation f, matrix_view<const double> Z, matrix_view<double> A);

}  // namespace twinpath::inline v0
