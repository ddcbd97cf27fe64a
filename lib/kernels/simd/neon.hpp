// SPDX-License-Identifier: MIT
// NEON of AArch64.
#pragma once

#include <arm_neon.h>

#include "kernels/simd/vector.hpp"

namespace twinpath::inline v0::detail {
namespace {

TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return vfmaq_f32(c, a, b);
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return vfmaq_f64(c, a, b);
}

TWINPATH_INLINE void transpose(vec<float> (&r)[4]) {
  const float64x2_t low01 = vreinterpretq_f64_f32(vzip1q_f32(r[0], r[1]));
  const float64x2_t high01 = vreinterpretq_f64_f32(vzip2q_f32(r[0], r[1]));
  const float64x2_t low23 = vreinterpretq_f64_f32(vzip1q_f32(r[2], r[3]));
  const float64x2_t high23 = vreinterpretq_f64_f32(vzip2q_f32(r[2], r[3]));
  r[0] = vreinterpretq_f32_f64(vzip1q_f64(low01, low23));
  r[1] = vreinterpretq_f32_f64(vzip2q_f64(low01, low23));
  r[2] = vreinterpretq_f32_f64(vzip1q_f64(high01, high23));
  r[3] = vreinterpretq_f32_f64(vzip2q_f64(high01, high23));
}
TWINPATH_INLINE void transpose(vec<double> (&r)[2]) {
  const float64x2_t low = vzip1q_f64(r[0], r[1]);
  r[1] = vzip2q_f64(r[0], r[1]);
  r[0] = low;
}

TWINPATH_INLINE vec<float> exp2_of_rounded(vec<float> v) {
  const uint32x4_t n = vshlq_n_u32(vreinterpretq_u32_f32(v), float_constants::mantissa);
  return vreinterpretq_f32_u32(vaddq_u32(n, vdupq_n_u32(0x3f800000)));
}
TWINPATH_INLINE vec<double> exp2_of_rounded(vec<double> v) {
  const uint64x2_t n = vshlq_n_u64(vreinterpretq_u64_f64(v), double_constants::mantissa);
  return vreinterpretq_f64_u64(vaddq_u64(n, vdupq_n_u64(0x3ff0000000000000)));
}

TWINPATH_INLINE uint32x4_t shifted_bits(vec<float> x) {
  return vaddq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x3f800000 - 0x3f3504f3));
}
TWINPATH_INLINE uint64x2_t shifted_bits(vec<double> x) {
  return vaddq_u64(vreinterpretq_u64_f64(x), vdupq_n_u64(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
}
TWINPATH_INLINE vec<float> exponent_of(vec<float> x) {
  return vcvtq_f32_u32(vshrq_n_u32(shifted_bits(x), float_constants::mantissa));
}
TWINPATH_INLINE vec<double> exponent_of(vec<double> x) {
  return vcvtq_f64_u64(vshrq_n_u64(shifted_bits(x), double_constants::mantissa));
}
TWINPATH_INLINE vec<float> fraction_of(vec<float> x) {
  const uint32x4_t f = vandq_u32(shifted_bits(x), vdupq_n_u32(0x007fffff));
  return vreinterpretq_f32_u32(vaddq_u32(f, vdupq_n_u32(0x3f3504f3)));
}
TWINPATH_INLINE vec<double> fraction_of(vec<double> x) {
  const uint64x2_t f = vandq_u64(shifted_bits(x), vdupq_n_u64(0x000fffffffffffff));
  return vreinterpretq_f64_u64(vaddq_u64(f, vdupq_n_u64(0x3fe6a09e667f3bcd)));
}

template <class T>
TWINPATH_INLINE vec<T> larger(vec<T> a, vec<T> b) {
  return xsimd::select(a > b, a, b);  // FMAX would return any NaN
}
template <class T>
TWINPATH_INLINE vec<T> divide(vec<T> a, vec<T> b) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return vdivq_f32(a, b);
  } else {
    return vdivq_f64(a, b);
  }
}
template <class T>
TWINPATH_INLINE vec<T> root(vec<T> x) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return vsqrtq_f32(x);
  } else {
    return vsqrtq_f64(x);
  }
}

TWINPATH_INLINE float fold_register(float32x4_t v) {
  const float32x2_t half = vadd_f32(vget_low_f32(v), vget_high_f32(v));
  return vget_lane_f32(half, 0) + vget_lane_f32(half, 1);
}
TWINPATH_INLINE double fold_register(float64x2_t v) {
  return vgetq_lane_f64(v, 0) + vgetq_lane_f64(v, 1);
}

}  // namespace
}  // namespace twinpath::inline v0::detail
