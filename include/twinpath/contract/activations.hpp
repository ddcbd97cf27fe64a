// SPDX-License-Identifier: MIT
// The arithmetic contract: activations and their derivatives.
#pragma once

#include <cmath>

#include <twinpath/activation.hpp>
#include <twinpath/contract/elementary.hpp>

namespace twinpath::inline v0::contract {

/// max(0, z); NaN stays NaN and -0 becomes +0.
template <class T>
[[nodiscard]] T relu(T z) {
  return z <= 0 ? T(0) : z;
}

/// `leaky_relu_slope`, rounded to T by the compiler, whatever the rounding mode of the caller.
template <class T>
inline constexpr T leaky_slope = T(leaky_relu_slope);

/// z, below 0 times `leaky_slope`.
template <class T>
[[nodiscard]] T leaky_relu(T z) {
  return z > 0 ? z : leaky_slope<T> * z;
}

/// Constants of GELU, rounded to T.
template <class T>
struct gelu_constants {
  static constexpr T root_half = T(0.707106781186547524400844362104849039L);          ///< 1 / sqrt(2)
  static constexpr T inverse_root_2pi = T(0.398942280401432677939946059934381868L);   ///< 1 / sqrt(2 pi)
  static constexpr T root_2_over_pi = T(0.797884560802865355879892119868763737L);     ///< sqrt(2 / pi)
  static constexpr T cubic = T(0.044715L * 0.797884560802865355879892119868763737L);  ///< of Z^3
  /// Of Z^2 in the derivative.
  static constexpr T cubic_slope = T(3 * 0.044715L * 0.797884560802865355879892119868763737L);
  /// Beyond it both derivatives are 0 or 1 in float and double.
  static constexpr T saturation = T(64);
};

/// z clamped to [-end, end]; NaN stays NaN.
template <class T>
[[nodiscard]] T saturated(T z, T end) {
  z = z > end ? end : z;
  return z < -end ? -end : z;
}

/// h + h * erf(z / sqrt(2)) with h = z / 2.
template <class Arithmetic = fused, class T>
[[nodiscard]] T gelu_erf(T z) {
  const T half = T(0.5) * z;
  return Arithmetic::multiply_add(half, erf<Arithmetic, T>(z * gelu_constants<T>::root_half), half);
}

/// Phi(z) + z * phi(z), the normal distribution and its density.
template <class Arithmetic = fused, class T>
[[nodiscard]] T gelu_erf_derivative(T z) {
  using c = gelu_constants<T>;
  z = saturated(z, c::saturation);
  const T distribution = Arithmetic::multiply_add(T(0.5), erf<Arithmetic, T>(z * c::root_half), T(0.5));
  const T density = exp<Arithmetic, T>(T(-0.5) * z * z) * c::inverse_root_2pi;
  return Arithmetic::multiply_add(z, density, distribution);
}

/// tanh(z * (sqrt(2/pi) + cubic * z^2))
template <class Arithmetic = fused, class T>
[[nodiscard]] T gelu_tanh_inner(T z) {
  using c = gelu_constants<T>;
  return tanh<Arithmetic, T>(z * Arithmetic::multiply_add(c::cubic, z * z, c::root_2_over_pi));
}

/// h + h * gelu_tanh_inner(z) with h = z / 2.
template <class Arithmetic = fused, class T>
[[nodiscard]] T gelu_tanh(T z) {
  const T half = T(0.5) * z;
  return Arithmetic::multiply_add(half, gelu_tanh_inner<Arithmetic, T>(z), half);
}

/// (1 + t) / 2 + z/2 * (1 - t^2) * (sqrt(2/pi) + 3 cubic z^2)
template <class Arithmetic = fused, class T>
[[nodiscard]] T gelu_tanh_derivative(T z) {
  using c = gelu_constants<T>;
  z = saturated(z, c::saturation);
  const T t = gelu_tanh_inner<Arithmetic, T>(z);
  const T half = Arithmetic::multiply_add(T(0.5), t, T(0.5));
  const T slope = Arithmetic::multiply_add(c::cubic_slope, z * z, c::root_2_over_pi);
  const T bell = T(0.5) * z * Arithmetic::multiply_add(-t, t, T(1));
  return Arithmetic::multiply_add(bell, slope, half);
}

/// z * sigmoid(z)
template <class Arithmetic = fused, class T>
[[nodiscard]] T silu(T z) {
  return z * sigmoid<Arithmetic, T>(z);
}

/// Beyond it the derivative of SiLU is 0 or 1 in float and double.
template <class T>
inline constexpr T silu_saturation = T(1024);

/// s * (1 + z * (1 - s)) with s = sigmoid(z). Of s and 1 - s the smaller one is computed and the other is the
/// difference to 1, so that none of them cancels.
template <class Arithmetic = fused, class T>
[[nodiscard]] T silu_derivative(T z) {
  z = saturated(z, silu_saturation<T>);
  const T smaller = sigmoid<Arithmetic, T>(-std::abs(z));
  const T larger = T(1) - smaller;
  const T s = z < 0 ? smaller : larger;
  const T rest = z < 0 ? larger : smaller;
  return s * Arithmetic::multiply_add(z, rest, T(1));
}

/// twinpath::activate.
template <class Arithmetic = fused, class T>
[[nodiscard]] T activate(activation f, T z) {
  switch (f) {
    case activation::relu:
      return relu(z);
    case activation::leaky_relu:
      return leaky_relu(z);
    case activation::sigmoid:
      return sigmoid<Arithmetic, T>(z);
    case activation::tanh:
      return tanh<Arithmetic, T>(z);
    case activation::gelu_erf:
      return gelu_erf<Arithmetic, T>(z);
    case activation::gelu_tanh:
      return gelu_tanh<Arithmetic, T>(z);
    case activation::silu:
      return silu<Arithmetic, T>(z);
    case activation::identity:
      break;
  }
  return z;
}

/// t times the derivative of f, which is taken from `kept`: Z for activations that keep it, else A. ReLU
/// selects instead of multiplying, so an infinite t gives 0 where A is 0.
template <class Arithmetic = fused, class T>
[[nodiscard]] T backprop(activation f, T t, T kept) {
  switch (f) {
    case activation::relu:
      return kept > 0 ? t : T(0);
    case activation::leaky_relu:
      return kept > 0 ? t : leaky_slope<T> * t;
    case activation::sigmoid:
      return t * Arithmetic::multiply_add(-kept, kept, kept);
    case activation::tanh:
      return t * Arithmetic::multiply_add(-kept, kept, T(1));
    case activation::gelu_erf:
      return t * gelu_erf_derivative<Arithmetic, T>(kept);
    case activation::gelu_tanh:
      return t * gelu_tanh_derivative<Arithmetic, T>(kept);
    case activation::silu:
      return t * silu_derivative<Arithmetic, T>(kept);
    case activation::identity:
      break;
  }
  return t;
}

}  // namespace twinpath::inline v0::contract
