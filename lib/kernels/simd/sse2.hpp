// SPDX-License-Identifier: MIT
// SSE2, which every x86-64 processor has.
#pragma once

#include "kernels/simd/x86.hpp"

namespace twinpath::inline v0::detail {
namespace {

// Two roundings: the baseline tier follows the contract with contract::unfused.
TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return a * b + c;
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return a * b + c;
}

// Without the blend of a select, of which SSE2 makes three instructions.
TWINPATH_INLINE vec<float> zero_below(vec<float> least, vec<float> x) {
  const __m128 magnitude = xsimd::abs(x);
  return _mm_andnot_ps(_mm_cmplt_ps(magnitude, least), x);
}
TWINPATH_INLINE vec<double> zero_below(vec<double> least, vec<double> x) {
  const __m128d magnitude = xsimd::abs(x);
  return _mm_andnot_pd(_mm_cmplt_pd(magnitude, least), x);
}

TWINPATH_INLINE void transpose(vec<float> (&r)[4]) {
  const __m128 low01 = _mm_unpacklo_ps(r[0], r[1]);
  const __m128 high01 = _mm_unpackhi_ps(r[0], r[1]);
  const __m128 low23 = _mm_unpacklo_ps(r[2], r[3]);
  const __m128 high23 = _mm_unpackhi_ps(r[2], r[3]);
  r[0] = _mm_movelh_ps(low01, low23);
  r[1] = _mm_movehl_ps(low23, low01);
  r[2] = _mm_movelh_ps(high01, high23);
  r[3] = _mm_movehl_ps(high23, high01);
}
TWINPATH_INLINE void transpose(vec<double> (&r)[2]) {
  const __m128d low = _mm_unpacklo_pd(r[0], r[1]);
  r[1] = _mm_unpackhi_pd(r[0], r[1]);
  r[0] = low;
}

TWINPATH_INLINE vec<float> exp2_of_rounded(vec<float> v) {
  const __m128i n = _mm_slli_epi32(_mm_castps_si128(v), float_constants::mantissa);
  return _mm_castsi128_ps(_mm_add_epi32(n, _mm_set1_epi32(0x3f800000)));
}
TWINPATH_INLINE vec<double> exp2_of_rounded(vec<double> v) {
  const __m128i n = _mm_slli_epi64(_mm_castpd_si128(v), double_constants::mantissa);
  return _mm_castsi128_pd(_mm_add_epi64(n, _mm_set1_epi64x(0x3ff0000000000000)));
}

TWINPATH_INLINE __m128i shifted_bits(vec<float> x) {
  return _mm_add_epi32(_mm_castps_si128(x), _mm_set1_epi32(0x3f800000 - 0x3f3504f3));
}
TWINPATH_INLINE __m128i shifted_bits(vec<double> x) {
  return _mm_add_epi64(_mm_castpd_si128(x), _mm_set1_epi64x(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
}
TWINPATH_INLINE vec<float> exponent_of(vec<float> x) {
  return _mm_cvtepi32_ps(_mm_srli_epi32(shifted_bits(x), float_constants::mantissa));
}
TWINPATH_INLINE vec<double> exponent_of(vec<double> x) {
  const __m128i e = _mm_srli_epi64(shifted_bits(x), double_constants::mantissa);
  const __m128i magic = _mm_set1_epi64x(0x4330000000000000);
  return _mm_sub_pd(_mm_castsi128_pd(_mm_or_si128(e, magic)), _mm_set1_pd(0x1p52));
}
TWINPATH_INLINE vec<float> fraction_of(vec<float> x) {
  const __m128i f = _mm_and_si128(shifted_bits(x), _mm_set1_epi32(0x007fffff));
  return _mm_castsi128_ps(_mm_add_epi32(f, _mm_set1_epi32(0x3f3504f3)));
}
TWINPATH_INLINE vec<double> fraction_of(vec<double> x) {
  const __m128i f = _mm_and_si128(shifted_bits(x), _mm_set1_epi64x(0x000fffffffffffff));
  return _mm_castsi128_pd(_mm_add_epi64(f, _mm_set1_epi64x(0x3fe6a09e667f3bcd)));
}

}  // namespace
}  // namespace twinpath::inline v0::detail
