// SPDX-License-Identifier: MIT
// Vectors of 256 bits, with FMA: what AVX2 and the half vectors of AVX-512 share.
#pragma once

#include "kernels/simd/lanes.hpp"

namespace twinpath::inline v0::detail {
namespace {

TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return _mm256_fmadd_ps(a, b, c);
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return _mm256_fmadd_pd(a, b, c);
}

// Without the blend of a select, which takes two micro-operations.
TWINPATH_INLINE vec<float> zero_below(vec<float> least, vec<float> x) {
  const __m256 magnitude = xsimd::abs(x);
  return _mm256_andnot_ps(_mm256_cmp_ps(magnitude, least, _CMP_LT_OQ), x);
}
TWINPATH_INLINE vec<double> zero_below(vec<double> least, vec<double> x) {
  const __m256d magnitude = xsimd::abs(x);
  return _mm256_andnot_pd(_mm256_cmp_pd(magnitude, least, _CMP_LT_OQ), x);
}

template <class Lane>
TWINPATH_INLINE vec<float> join_lanes(const float* r0, const float* r1, Lane lane) {
  return _mm256_insertf128_ps(low_half(lane.load(r0)), lane.load(r1), 1);
}
template <class Lane>
TWINPATH_INLINE vec<double> join_lanes(const double* r0, const double* r1, Lane lane) {
  return _mm256_insertf128_pd(low_half(lane.load(r0)), lane.load(r1), 1);
}

TWINPATH_INLINE void transpose_lanes(const vec<float> (&in)[4], vec<float> (&out)[4]) {
  const __m256d low01 = _mm256_castps_pd(_mm256_unpacklo_ps(in[0], in[1]));
  const __m256d high01 = _mm256_castps_pd(_mm256_unpackhi_ps(in[0], in[1]));
  const __m256d low23 = _mm256_castps_pd(_mm256_unpacklo_ps(in[2], in[3]));
  const __m256d high23 = _mm256_castps_pd(_mm256_unpackhi_ps(in[2], in[3]));
  out[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(low01, low23));
  out[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low01, low23));
  out[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(high01, high23));
  out[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(high01, high23));
}
TWINPATH_INLINE void transpose_lanes(const vec<double> (&in)[2], vec<double> (&out)[2]) {
  const __m256d first = in[0];
  out[0] = _mm256_unpacklo_pd(first, in[1]);
  out[1] = _mm256_unpackhi_pd(first, in[1]);
}

}  // namespace
}  // namespace twinpath::inline v0::detail
