// SPDX-License-Identifier: MIT
// Activations: the function that a layer applies to its pre-activations.
#pragma once

#include <string_view>

#include <twinpath/matrix.hpp>
#include <twinpath/options.hpp>

namespace twinpath::inline v0 {

/// A function of each element of Z = X*W + b, the pre-activations. The backprop path takes its derivative
/// from A if A determines it, otherwise from Z, which is kept then: see `keeps_scores`.
enum class activation {
  identity,    ///< A = Z
  relu,        ///< A = max(0, Z); works from A
  leaky_relu,  ///< A = Z > 0 ? Z : leaky_relu_slope * Z; works from A
  sigmoid,     ///< A = 1 / (1 + exp(-Z)); works from A: A' = A - A^2
  tanh,        ///< A = tanh(Z); works from A: A' = 1 - A^2
  gelu_erf,    ///< A = Z/2 * (1 + erf(Z / sqrt(2))) (Hendrycks and Gimpel, 2016); keeps Z
  gelu_tanh,   ///< A = Z/2 * (1 + tanh(sqrt(2/pi) * (Z + 0.044715 Z^3))), close to gelu_erf; keeps Z
  silu,        ///< A = Z * sigmoid(Z), also called swish (Elfwing and others, 2017); keeps Z
};

namespace detail {

struct activation_row {
  std::string_view name;
  bool keeps_scores = false;  ///< its derivative is taken from Z, not from A
  bool in_store = false;      ///< an operation of the epilogue of a product
  bool is_light = false;      ///< takes no longer than reading and writing the element
};
template <>
struct option_table<activation> {
  using row = activation_row;
  static constexpr row rows[] = {
      {.name = "identity", .in_store = true, .is_light = true},
      {.name = "relu", .in_store = true, .is_light = true},
      {.name = "leaky_relu", .is_light = true},
      {.name = "sigmoid"},
      {.name = "tanh"},
      {.name = "gelu_erf", .keeps_scores = true},
      {.name = "gelu_tanh", .keeps_scores = true},
      {.name = "silu", .keeps_scores = true},
  };
};

}  // namespace detail

/// The slope of `activation::leaky_relu` below 0.
inline constexpr double leaky_relu_slope = 0.01;

/// The name of the enumerator, such as "leaky_relu"; empty for a number that is none.
[[nodiscard]] constexpr std::string_view name(activation f) noexcept {
  return detail::option_row(f).name;
}

/// Whether the backprop path needs the pre-activations Z: GELU and SiLU fall and rise, so A does not
/// determine their slope.
[[nodiscard]] constexpr bool keeps_scores(activation f) noexcept {
  return detail::option_row(f).keeps_scores;
}

/// A(i, j) = f(Z(i, j)).
///
/// Shapes: Z and A are m x n. Bits: `contract::activate`. NaN stays NaN.
/// Overlap: A may be exactly Z; every other overlap throws. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when the shapes differ, the views overlap partly, or f is no enumerator.
void activate(activation f, matrix_view<const float> Z, matrix_view<float> A);
/// The same in double.
void activate(activation f, matrix_view<const double> Z, matrix_view<double> A);

}  // namespace twinpath::inline v0
