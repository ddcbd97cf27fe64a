// SPDX-License-Identifier: MIT
// AVX2 and FMA.
#pragma once

#include "kernels/simd/ymm.hpp"

namespace twinpath::inline v0::detail {
namespace {

struct lane_tail {
  __m128i mask32;
  __m128i mask64;
  TWINPATH_INLINE explicit lane_tail(std::size_t n)
      : mask32(_mm_cmpgt_epi32(_mm_set1_epi32(static_cast<int>(n)), _mm_setr_epi32(0, 1, 2, 3))),
        mask64(_mm_cmpgt_epi64(_mm_set1_epi64x(static_cast<long long>(n)), _mm_set_epi64x(1, 0))) {}
  TWINPATH_INLINE __m128 load(const float* p) const { return _mm_maskload_ps(p, mask32); }
  TWINPATH_INLINE __m128d load(const double* p) const { return _mm_maskload_pd(p, mask64); }
  TWINPATH_INLINE void store(float* p, __m128 v) const { _mm_maskstore_ps(p, mask32, v); }
  TWINPATH_INLINE void store(double* p, __m128d v) const { _mm_maskstore_pd(p, mask64, v); }
};

TWINPATH_INLINE void accumulate(vec<float>& acc, vec<float> a, vec<float> b) {
  __m256 sum = acc;
  asm("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(static_cast<__m256>(a)), "x"(static_cast<__m256>(b)));
  acc = sum;
}
TWINPATH_INLINE void accumulate(vec<double>& acc, vec<double> a, vec<double> b) {
  __m256d sum = acc;
  asm("vfmadd231pd %2, %1, %0" : "+x"(sum) : "x"(static_cast<__m256d>(a)), "x"(static_cast<__m256d>(b)));
  acc = sum;
}

template <>
struct tail<float> {
  __m256i mask;
  TWINPATH_INLINE explicit tail(std::size_t n)
      : mask(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                                _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))) {}
  TWINPATH_INLINE vec<float> load(const float* p) const { return _mm256_maskload_ps(p, mask); }
  TWINPATH_INLINE vec<float> load(const float* p, float rest) const {
    return _mm256_blendv_ps(_mm256_set1_ps(rest), _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
  }
  TWINPATH_INLINE void store(float* p, vec<float> v) const { _mm256_maskstore_ps(p, mask, v); }
};
template <>
struct tail<double> {
  __m256i mask;
  TWINPATH_INLINE explicit tail(std::size_t n)
      : mask(_mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(n)),
                                _mm256_setr_epi64x(0, 1, 2, 3))) {}
  TWINPATH_INLINE vec<double> load(const double* p) const { return _mm256_maskload_pd(p, mask); }
  TWINPATH_INLINE vec<double> load(const double* p, double rest) const {
    return _mm256_blendv_pd(_mm256_set1_pd(rest), _mm256_maskload_pd(p, mask), _mm256_castsi256_pd(mask));
  }
  TWINPATH_INLINE void store(double* p, vec<double> v) const { _mm256_maskstore_pd(p, mask, v); }
};

TWINPATH_INLINE void transpose(vec<float> (&r)[8]) {
  __m256 t[8];
  __m256 u[8];
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int h = 0; h < 2; ++h) {
      const __m256d a = _mm256_castps_pd(t[i + h]);
      const __m256d b = _mm256_castps_pd(t[i + h + 2]);
      u[i + 2 * h] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, b));
      u[i + 2 * h + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, b));
    }
  }
  for (int c = 0; c < 4; ++c) {
    r[c] = _mm256_permute2f128_ps(u[c], u[4 + c], 0x20);
    r[4 + c] = _mm256_permute2f128_ps(u[c], u[4 + c], 0x31);
  }
}
TWINPATH_INLINE void transpose(vec<double> (&r)[4]) {
  const __m256d low01 = _mm256_unpacklo_pd(r[0], r[1]);
  const __m256d high01 = _mm256_unpackhi_pd(r[0], r[1]);
  const __m256d low23 = _mm256_unpacklo_pd(r[2], r[3]);
  const __m256d high23 = _mm256_unpackhi_pd(r[2], r[3]);
  r[0] = _mm256_permute2f128_pd(low01, low23, 0x20);
  r[1] = _mm256_permute2f128_pd(high01, high23, 0x20);
  r[2] = _mm256_permute2f128_pd(low01, low23, 0x31);
  r[3] = _mm256_permute2f128_pd(high01, high23, 0x31);
}

// As for AVX-512, but with two lanes.
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<float> (&in)[4], float* x, std::size_t stride, std::size_t count,
                                   Lane lane = {}) {
  vec<float> q[4];
  transpose_lanes(in, q);
  TWINPATH_UNROLL for (std::size_t r = 0; r < 8; ++r) {
    if (r >= count) break;
    lane.store(x + r * stride, r < 4 ? _mm256_castps256_ps128(q[r % 4]) : _mm256_extractf128_ps(q[r % 4], 1));
  }
}
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<double> (&in)[2], double* x, std::size_t stride,
                                   std::size_t count, Lane lane = {}) {
  vec<double> q[2];
  transpose_lanes(in, q);
  TWINPATH_UNROLL for (std::size_t r = 0; r < 4; ++r) {
    if (r >= count) break;
    lane.store(x + r * stride, r < 2 ? _mm256_castpd256_pd128(q[r % 2]) : _mm256_extractf128_pd(q[r % 2], 1));
  }
}

TWINPATH_INLINE vec<float> exp2_of_rounded(vec<float> v) {
  const __m256i n = _mm256_slli_epi32(_mm256_castps_si256(v), float_constants::mantissa);
  return _mm256_castsi256_ps(_mm256_add_epi32(n, _mm256_set1_epi32(0x3f800000)));
}
TWINPATH_INLINE vec<double> exp2_of_rounded(vec<double> v) {
  const __m256i n = _mm256_slli_epi64(_mm256_castpd_si256(v), double_constants::mantissa);
  return _mm256_castsi256_pd(_mm256_add_epi64(n, _mm256_set1_epi64x(0x3ff0000000000000)));
}

TWINPATH_INLINE __m256i shifted_bits(vec<float> x) {
  return _mm256_add_epi32(_mm256_castps_si256(x), _mm256_set1_epi32(0x3f800000 - 0x3f3504f3));
}
TWINPATH_INLINE __m256i shifted_bits(vec<double> x) {
  return _mm256_add_epi64(_mm256_castpd_si256(x),
                          _mm256_set1_epi64x(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
}
TWINPATH_INLINE vec<float> exponent_of(vec<float> x) {
  return _mm256_cvtepi32_ps(_mm256_srli_epi32(shifted_bits(x), float_constants::mantissa));
}
TWINPATH_INLINE vec<double> exponent_of(vec<double> x) {
  const __m256i e = _mm256_srli_epi64(shifted_bits(x), double_constants::mantissa);
  const __m256i magic = _mm256_set1_epi64x(0x4330000000000000);
  return _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(e, magic)), _mm256_set1_pd(0x1p52));
}
TWINPATH_INLINE vec<float> fraction_of(vec<float> x) {
  const __m256i f = _mm256_and_si256(shifted_bits(x), _mm256_set1_epi32(0x007fffff));
  return _mm256_castsi256_ps(_mm256_add_epi32(f, _mm256_set1_epi32(0x3f3504f3)));
}
TWINPATH_INLINE vec<double> fraction_of(vec<double> x) {
  const __m256i f = _mm256_and_si256(shifted_bits(x), _mm256_set1_epi64x(0x000fffffffffffff));
  return _mm256_castsi256_pd(_mm256_add_epi64(f, _mm256_set1_epi64x(0x3fe6a09e667f3bcd)));
}

}  // namespace
}  // namespace twinpath::inline v0::detail
