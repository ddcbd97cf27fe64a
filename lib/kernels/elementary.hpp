// SPDX-License-Identifier: MIT
// The elementary functions of the contract on vectors, operation by operation.
#pragma once

#include <limits>

#include <twinpath/contract/elementary.hpp>

#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// contract::polynomial
template <class T, std::size_t n>
TWINPATH_INLINE vec<T> polynomial(const T (&coefficients)[n], vec<T> x) {
  vec<T> y(coefficients[0]);
  for (std::size_t i = 1; i < n; ++i) y = fma(y, x, vec<T>(coefficients[i]));
  return y;
}

/// contract::relu
template <class T>
TWINPATH_INLINE vec<T> relu_of(vec<T> z) {
  const vec<T> zero(T(0));
  return xsimd::select(z <= zero, zero, z);
}

/// contract::reduced_exp
template <class T>
struct reduced_exp {
  vec<T> n_plus_round;
  vec<T> r;
  vec<T> r_squared;
  vec<T> q;
};

/// contract::reduce_exp
template <class T>
TWINPATH_INLINE reduced_exp<T> reduce_exp(vec<T> x) {
  using c = contract::elementary<T>;
  const vec<T> round(c::round);
  const vec<T> n_plus_round = fma(x, vec<T>(c::log2e), round);
  const vec<T> n = n_plus_round - round;
  vec<T> r = fma(n, vec<T>(-c::ln2_high), x);
  r = fma(n, vec<T>(-c::ln2_low), r);
  return {n_plus_round, r, r * r, polynomial(c::exp_coefficients, r)};
}

/// contract::exp. `positive`: x may be greater than 0.
template <class T, bool positive = true>
TWINPATH_INLINE vec<T> exp_of(vec<T> x) {
  using c = contract::elementary<T>;
  const auto overflow = x > vec<T>(c::exp_largest);
  const auto underflow = x < vec<T>(c::exp_smallest);
  if constexpr (positive) x = xsimd::select(overflow, vec<T>(c::exp_largest), x);
  x = larger<T>(vec<T>(c::exp_smallest), x);
  const reduced_exp<T> e = reduce_exp<T>(x);
  const vec<T> y = fma(e.q, e.r_squared, e.r) + vec<T>(T(1));
  vec<T> result = scale(y, e.n_plus_round - vec<T>(c::round));
  if constexpr (positive)
    result = xsimd::select(overflow, vec<T>(std::numeric_limits<T>::infinity()), result);
  return xsimd::select(underflow, vec<T>(T(0)), result);
}

/// contract::log
template <class T>
TWINPATH_INLINE vec<T> log_of(vec<T> x) {
  using c = contract::elementary<T>;
  const vec<T> zero(T(0));
  const vec<T> infinity(std::numeric_limits<T>::infinity());
  const auto subnormal = x < vec<T>(std::numeric_limits<T>::min());
  const vec<T> scaled = x * xsimd::select(subnormal, vec<T>(c::subnormal_scale), vec<T>(T(1)));
  const vec<T> bias =
      xsimd::select(subnormal, vec<T>(T(c::bias) + c::subnormal_exponent), vec<T>(T(c::bias)));
  const vec<T> exponent = exponent_of(scaled) - bias;
  const vec<T> f = fraction_of(scaled) - vec<T>(T(1));
  const vec<T> s = divide<T>(f, vec<T>(T(2)) + f);
  const vec<T> z = s * s;
  const vec<T> r = polynomial(c::log_coefficients, z);
  const vec<T> half_f = vec<T>(T(0.5)) * f;
  const vec<T> sum = fma(z, r, half_f * f);
  const vec<T> tail_sum = fma(zero - half_f, f, fma(s, sum, exponent * vec<T>(c::log_ln2_low))) + f;
  vec<T> y = fma(exponent, vec<T>(c::log_ln2_high), tail_sum);
  y = xsimd::select(x < zero, vec<T>(std::numeric_limits<T>::quiet_NaN()), y);
  y = xsimd::select(x == zero, zero - infinity, y);
  y = xsimd::select(x == infinity, infinity, y);
  return xsimd::select(x == x, y, x);
}

/// contract::log1p
template <class T>
TWINPATH_INLINE vec<T> log1p_of(vec<T> x) {
  const vec<T> s = divide<T>(x, vec<T>(T(2)) + x);
  const vec<T> z = s * s;
  const vec<T> r = polynomial(contract::elementary<T>::log1p_coefficients, z);
  return fma(s, fma(z, r, -x), x);
}

/// contract::tanh
template <class T>
TWINPATH_INLINE vec<T> tanh_of(vec<T> x) {
  const vec<T> one(T(1));
  const vec<T> two(T(2));
  const vec<T> largest(contract::elementary<T>::tanh_one / -2);
  const vec<T> a = xsimd::abs(x);
  // Clamped before it is doubled, because the double could overflow.
  const reduced_exp<T> e = reduce_exp<T>(vec<T>(T(-2)) * xsimd::select(a > largest, largest, a));
  const vec<T> power = exp2_of_rounded(e.n_plus_round);
  const vec<T> power_less_1 = power - one;
  const vec<T> t = fma(fma(e.q, e.r_squared, e.r), power, power_less_1);
  const vec<T> t_low = fma(power * e.r_squared, e.q, fma(power, e.r, power_less_1 - t));
  const vec<T> d = two + t;
  const vec<T> d_low = t - (d - two) + t_low;
  const vec<T> inverse = divide<T>(vec<T>(T(-1)), d);
  const vec<T> y = t * inverse;
  const vec<T> left_over = fma(y, d, t) + fma(y, d_low, t_low);
  return xsimd::copysign(fma(left_over, inverse, y), x);
}

/// contract::erf
template <class T>
TWINPATH_INLINE vec<T> erf_of(vec<T> x) {
  using c = contract::elementary<T>;
  const vec<T> a = xsimd::abs(x);
  const vec<T> clamped = xsimd::select(a > vec<T>(c::erf_one), vec<T>(c::erf_one), a);
  const vec<T> near = fma(polynomial<T>(c::erf_near, clamped * clamped), clamped, clamped);
  const reduced_exp<T> e = reduce_exp<T>(polynomial(c::erf_far, clamped));
  const vec<T> power = exp2_of_rounded(e.n_plus_round);
  const vec<T> minus_far = fma(fma(e.q, e.r_squared, e.r), power, power - vec<T>(T(1)));
  return xsimd::copysign(xsimd::select(a < vec<T>(c::erf_border), near, minus_far), x);
}

/// contract::sigmoid
template <class T>
TWINPATH_INLINE vec<T> sigmoid_of(vec<T> x) {
  const vec<T> one(T(1));
  const vec<T> e = exp_of<T, false>(x | vec<T>(T(-0.0)));
  const vec<T> d = one + e;
  const vec<T> excess = (d - one) - e;
  const vec<T> y = divide<T>(xsimd::select(x < vec<T>(T(0)), e, one), d);
  return fma(y, excess, y);
}

}  // namespace
}  // namespace twinpath::inline v0::detail
