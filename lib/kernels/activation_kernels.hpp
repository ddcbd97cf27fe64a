// SPDX-License-Identifier: MIT
// Activations and their derivatives, elementwise.
#pragma once

#include <twinpath/activation.hpp>
#include <twinpath/contract/activations.hpp>

#include "kernels/elementary.hpp"
#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// contract::saturated
template <class T>
TWINPATH_INLINE vec<T> saturated(vec<T> z, T end) {
  z = xsimd::select(z > vec<T>(end), vec<T>(end), z);
  return xsimd::select(z < vec<T>(-end), vec<T>(-end), z);
}

/// contract::gelu_tanh_inner
template <class T>
TWINPATH_INLINE vec<T> gelu_tanh_inner(vec<T> z) {
  using c = contract::gelu_constants<T>;
  return tanh_of<T>(z * fma(vec<T>(c::cubic), z * z, vec<T>(c::root_2_over_pi)));
}

/// contract::activate
template <activation f, class T>
TWINPATH_INLINE vec<T> activated(vec<T> z) {
  using c = contract::gelu_constants<T>;
  const vec<T> half = vec<T>(T(0.5)) * z;
  if constexpr (f == activation::relu) return relu_of<T>(z);
  if constexpr (f == activation::leaky_relu)
    return xsimd::select(z > vec<T>(T(0)), z, vec<T>(contract::leaky_slope<T>) * z);
  if constexpr (f == activation::sigmoid) return sigmoid_of<T>(z);
  if constexpr (f == activation::tanh) return tanh_of<T>(z);
  if constexpr (f == activation::gelu_erf) return fma(half, erf_of<T>(z * vec<T>(c::root_half)), half);
  if constexpr (f == activation::gelu_tanh) return fma(half, gelu_tanh_inner<T>(z), half);
  if constexpr (f == activation::silu) return z * sigmoid_of<T>(z);
  if constexpr (f == activation::identity) return z;
}

/// contract::gelu_erf_derivative
template <class T>
TWINPATH_INLINE vec<T> gelu_erf_derivative(vec<T> z) {
  using c = contract::gelu_constants<T>;
  const vec<T> half(T(0.5));
  z = saturated<T>(z, c::saturation);
  const vec<T> distribution = fma(half, erf_of<T>(z * vec<T>(c::root_half)), half);
  const vec<T> density = exp_of<T, false>(vec<T>(T(-0.5)) * z * z) * vec<T>(c::inverse_root_2pi);
  return fma(z, density, distribution);
}

/// contract::gelu_tanh_derivative
template <class T>
TWINPATH_INLINE vec<T> gelu_tanh_derivative(vec<T> z) {
  using c = contract::gelu_constants<T>;
  const vec<T> half(T(0.5));
  z = saturated<T>(z, c::saturation);
  const vec<T> t = gelu_tanh_inner<T>(z);
  const vec<T> slope = fma(vec<T>(c::cubic_slope), z * z, vec<T>(c::root_2_over_pi));
  const vec<T> bell = half * z * fma(vec<T>(T(0)) - t, t, vec<T>(T(1)));
  return fma(bell, slope, fma(half, t, half));
}

/// contract::silu_derivative
template <class T>
TWINPATH_INLINE vec<T> silu_derivative(vec<T> z) {
  z = saturated<T>(z, contract::silu_saturation<T>);
  const vec<T> one(T(1));
  const auto negative = z < vec<T>(T(0));
  const vec<T> smaller = sigmoid_of<T>(z | vec<T>(T(-0.0)));
  const vec<T> larger = one - smaller;
  const vec<T> s = xsimd::select(negative, smaller, larger);
  const vec<T> rest = xsimd::select(negative, larger, smaller);
  return s * fma(z, rest, one);
}

/// contract::backprop
template <activation f, class T>
TWINPATH_INLINE vec<T> times_derivative(vec<T> t, vec<T> kept) {
  const vec<T> zero(T(0));
  if constexpr (f == activation::relu) return xsimd::select(kept > zero, t, zero);
  if constexpr (f == activation::leaky_relu)
    return xsimd::select(kept > zero, t, vec<T>(contract::leaky_slope<T>) * t);
  if constexpr (f == activation::sigmoid) return t * fma(zero - kept, kept, kept);
  if constexpr (f == activation::tanh) return t * fma(zero - kept, kept, vec<T>(T(1)));
  if constexpr (f == activation::gelu_erf) return t * gelu_erf_derivative<T>(kept);
  if constexpr (f == activation::gelu_tanh) return t * gelu_tanh_derivative<T>(kept);
  if constexpr (f == activation::silu) return t * silu_derivative<T>(kept);
  if constexpr (f == activation::identity) return t;
}

template <activation f, class T>
[[gnu::flatten]] void activate(const T* z, T* a, std::size_t n) {
  for_vectors<T>(
      n, [&](std::size_t i, auto across) { across.store(a + i, activated<f, T>(across.load(z + i))); });
}
template <activation f, class T>
[[gnu::flatten]] void apply_derivative(T* error, const T* kept, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t i, auto across) {
    across.store(error + i, times_derivative<f, T>(across.load(error + i), across.load(kept + i)));
  });
}

}  // namespace
}  // namespace twinpath::inline v0::detail
