// SPDX-License-Identifier: MIT
// Activations and their derivatives, elementwise.
#pragma once

#include <twinpath/activation.hpp>
#include <twinpath/contract/activations.hpp>

#include "kernels/elementary.hpp"
#include "kernels/finish.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// contract::saturated
template <class T>
TWINPATH_INLINE vec<T> saturated(vec<T> z) {
  const vec<T> end(contract::gelu_constants<T>::saturation);
  const vec<T> start(-contract::gelu_constants<T>::saturation);
  z = xsimd::select(z > end, end, z);
  return xsimd::select(z < start, start, z);
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
  if constexpr (f == activation::identity) return z;
}

/// contract::gelu_erf_derivative
template <class T>
TWINPATH_INLINE vec<T> gelu_erf_derivative(vec<T> z) {
  using c = contract::gelu_constants<T>;
  const vec<T> half(T(0.5));
  z = saturated<T>(z);
  const vec<T> distribution = fma(half, erf_of<T>(z * vec<T>(c::root_half)), half);
  const vec<T> density = exp_of<T, false>(vec<T>(T(-0.5)) * z * z) * vec<T>(c::inverse_root_2pi);
  return fma(z, density, distribution);
}

/// contract::gelu_tanh_derivative
template <class T>
TWINPATH_INLINE vec<T> gelu_tanh_derivative(vec<T> z) {
  using c = contract::gelu_constants<T>;
  const vec<T> half(T(0.5));
  z = saturated<T>(z);
  const vec<T> t = gelu_tanh_inner<T>(z);
  const vec<T> slope = fma(vec<T>(c::cubic_slope), z * z, vec<T>(c::root_2_over_pi));
  const vec<T> bell = half * z * fma(vec<T>(T(0)) - t, t, vec<T>(T(1)));
  return fma(bell, slope, fma(half, t, half));
}

/// contract::backprop
template <activation f, class T>
TWINPATH_INLINE vec<T> taken_back(vec<T> t, vec<T> kept) {
  const vec<T> zero(T(0));
  if constexpr (f == activation::relu) return xsimd::select(kept > zero, t, zero);
  if constexpr (f == activation::leaky_relu)
    return xsimd::select(kept > zero, t, vec<T>(contract::leaky_slope<T>) * t);
  if constexpr (f == activation::sigmoid) return t * fma(zero - kept, kept, kept);
  if constexpr (f == activation::tanh) return t * fma(zero - kept, kept, vec<T>(T(1)));
  if constexpr (f == activation::gelu_erf) return t * gelu_erf_derivative<T>(kept);
  if constexpr (f == activation::gelu_tanh) return t * gelu_tanh_derivative<T>(kept);
  if constexpr (f == activation::identity) return t;
}

template <activation f, class T>
[[gnu::flatten]] void activate(T* c, T* x, T*, T*, const void*, std::size_t n) {
  for_vectors<T>(
      n, [&](std::size_t i, auto across) { across.store(x + i, activated<f, T>(across.load(c + i))); });
}
template <activation f, class T>
[[gnu::flatten]] void take_back(T* c, T* x, T*, T*, const void*, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t i, auto across) {
    across.store(c + i, taken_back<f, T>(across.load(c + i), across.load(x + i)));
  });
}

template <class T>
constexpr by_activation<element_function<T>> make_activate() {
  using enum activation;
  return {&activate<identity, T>, &activate<relu, T>,     &activate<leaky_relu, T>, &activate<sigmoid, T>,
          &activate<tanh, T>,     &activate<gelu_erf, T>, &activate<gelu_tanh, T>};
}
template <class T>
constexpr by_activation<element_function<T>> make_take_back() {
  using enum activation;
  return {&take_back<identity, T>, &take_back<relu, T>,     &take_back<leaky_relu, T>, &take_back<sigmoid, T>,
          &take_back<tanh, T>,     &take_back<gelu_erf, T>, &take_back<gelu_tanh, T>};
}

}  // namespace
}  // namespace twinpath::inline v0::detail
