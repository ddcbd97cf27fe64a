// SPDX-License-Identifier: MIT
// AVX-512, with its F, BW, DQ and VL.
#pragma once

#include "kernels/simd/masks.hpp"

namespace twinpath::inline v0::detail {
namespace {

TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return _mm512_fmadd_ps(a, b, c);
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return _mm512_fmadd_pd(a, b, c);
}

// The multiply-add loads and broadcasts its operand; a separate broadcast would take a shuffle as well.
TWINPATH_INLINE void accumulate(vec<float>& acc, const float* a, vec<float> b) {
  __m512 sum = acc;
  asm("vfmadd231ps %2%{1to16%}, %1, %0" : "+v"(sum) : "v"(static_cast<__m512>(b)), "m"(*a));
  acc = sum;
}
TWINPATH_INLINE void accumulate(vec<double>& acc, const double* a, vec<double> b) {
  __m512d sum = acc;
  asm("vfmadd231pd %2%{1to8%}, %1, %0" : "+v"(sum) : "v"(static_cast<__m512d>(b)), "m"(*a));
  acc = sum;
}

template <>
struct tail<float> {
  __mmask16 mask;
  TWINPATH_INLINE explicit tail(std::size_t n) : mask(first_elements<__mmask16>(n)) {}
  TWINPATH_INLINE vec<float> load(const float* p) const { return _mm512_maskz_loadu_ps(mask, p); }
  TWINPATH_INLINE vec<float> load(const float* p, float rest) const {
    return _mm512_mask_loadu_ps(_mm512_set1_ps(rest), mask, p);
  }
  TWINPATH_INLINE void store(float* p, vec<float> v) const { _mm512_mask_storeu_ps(p, mask, v); }
  [[nodiscard]] TWINPATH_INLINE bool fits_lane() const { return mask < 1 << columns_at_once<float>; }
  [[nodiscard]] TWINPATH_INLINE tail_in_lane<float> in_lane() const { return {static_cast<__mmask8>(mask)}; }
};
template <>
struct tail<double> {
  __mmask8 mask;
  TWINPATH_INLINE explicit tail(std::size_t n) : mask(first_elements<__mmask8>(n)) {}
  TWINPATH_INLINE vec<double> load(const double* p) const { return _mm512_maskz_loadu_pd(mask, p); }
  TWINPATH_INLINE vec<double> load(const double* p, double rest) const {
    return _mm512_mask_loadu_pd(_mm512_set1_pd(rest), mask, p);
  }
  TWINPATH_INLINE void store(double* p, vec<double> v) const { _mm512_mask_storeu_pd(p, mask, v); }
  [[nodiscard]] TWINPATH_INLINE bool fits_lane() const { return mask < 1 << columns_at_once<double>; }
  [[nodiscard]] TWINPATH_INLINE tail_in_lane<double> in_lane() const { return {mask}; }
};

// After the unpacks, each 128-bit lane holds one column of four (two) rows: what remains is a 4x4 transpose
// of lanes.
TWINPATH_INLINE void transpose(vec<float> (&r)[16]) {
  __m512 t[16];
  __m512 u[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int h = 0; h < 2; ++h) {
      const __m512d a = _mm512_castps_pd(t[i + h]);
      const __m512d b = _mm512_castps_pd(t[i + h + 2]);
      u[i + 2 * h] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      u[i + 2 * h + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  for (int c = 0; c < 4; ++c) {
    const __m512 low01 = _mm512_shuffle_f32x4(u[c], u[4 + c], 0x44);
    const __m512 high01 = _mm512_shuffle_f32x4(u[c], u[4 + c], 0xee);
    const __m512 low23 = _mm512_shuffle_f32x4(u[8 + c], u[12 + c], 0x44);
    const __m512 high23 = _mm512_shuffle_f32x4(u[8 + c], u[12 + c], 0xee);
    r[c] = _mm512_shuffle_f32x4(low01, low23, 0x88);
    r[4 + c] = _mm512_shuffle_f32x4(low01, low23, 0xdd);
    r[8 + c] = _mm512_shuffle_f32x4(high01, high23, 0x88);
    r[12 + c] = _mm512_shuffle_f32x4(high01, high23, 0xdd);
  }
}
TWINPATH_INLINE void transpose(vec<double> (&r)[8]) {
  __m512d u[8];
  for (int i = 0; i < 8; i += 2) {
    u[i] = _mm512_unpacklo_pd(r[i], r[i + 1]);
    u[i + 1] = _mm512_unpackhi_pd(r[i], r[i + 1]);
  }
  for (int c = 0; c < 2; ++c) {
    const __m512d low01 = _mm512_shuffle_f64x2(u[c], u[2 + c], 0x44);
    const __m512d high01 = _mm512_shuffle_f64x2(u[c], u[2 + c], 0xee);
    const __m512d low23 = _mm512_shuffle_f64x2(u[4 + c], u[6 + c], 0x44);
    const __m512d high23 = _mm512_shuffle_f64x2(u[4 + c], u[6 + c], 0xee);
    r[c] = _mm512_shuffle_f64x2(low01, low23, 0x88);
    r[2 + c] = _mm512_shuffle_f64x2(low01, low23, 0xdd);
    r[4 + c] = _mm512_shuffle_f64x2(high01, high23, 0x88);
    r[6 + c] = _mm512_shuffle_f64x2(high01, high23, 0xdd);
  }
}

// Halves are joined first: on processors that compute vectors of 512 bits in halves, an insertion from memory
// into 256 bits takes no shuffle.
template <class Lane>
TWINPATH_INLINE vec<float> join_lanes(const float* r0, const float* r1, const float* r2, const float* r3,
                                      Lane lane) {
  const __m256 low = _mm256_insertf128_ps(low_half(lane.load(r0)), lane.load(r1), 1);
  const __m256 high = _mm256_insertf128_ps(low_half(lane.load(r2)), lane.load(r3), 1);
  return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
}
template <class Lane>
TWINPATH_INLINE vec<double> join_lanes(const double* r0, const double* r1, const double* r2, const double* r3,
                                       Lane lane) {
  const __m256d low = _mm256_insertf128_pd(low_half(lane.load(r0)), lane.load(r1), 1);
  const __m256d high = _mm256_insertf128_pd(low_half(lane.load(r2)), lane.load(r3), 1);
  return _mm512_insertf64x4(_mm512_castpd256_pd512(low), high, 1);
}

TWINPATH_INLINE void transpose_lanes(const vec<float> (&in)[4], vec<float> (&out)[4]) {
  const __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(in[0], in[1]));
  const __m512d high01 = _mm512_castps_pd(_mm512_unpackhi_ps(in[0], in[1]));
  const __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(in[2], in[3]));
  const __m512d high23 = _mm512_castps_pd(_mm512_unpackhi_ps(in[2], in[3]));
  out[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23));
  out[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23));
  out[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23));
  out[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23));
}
TWINPATH_INLINE void transpose_lanes(const vec<double> (&in)[2], vec<double> (&out)[2]) {
  const __m512d first = in[0];
  out[0] = _mm512_unpacklo_pd(first, in[1]);
  out[1] = _mm512_unpackhi_pd(first, in[1]);
}

TWINPATH_INLINE vec<float> join_halves(const float* low, const float* high) {
  return _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(low)), _mm256_loadu_ps(high), 1);
}
TWINPATH_INLINE vec<double> join_halves(const double* low, const double* high) {
  return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(low)), _mm256_loadu_pd(high), 1);
}
TWINPATH_INLINE vec<float> even_lanes(vec<float> a, vec<float> b) {
  return _mm512_shuffle_f32x4(a, b, 0x88);
}
TWINPATH_INLINE vec<double> even_lanes(vec<double> a, vec<double> b) {
  return _mm512_shuffle_f64x2(a, b, 0x88);
}
TWINPATH_INLINE vec<float> odd_lanes(vec<float> a, vec<float> b) {
  return _mm512_shuffle_f32x4(a, b, 0xdd);
}
TWINPATH_INLINE vec<double> odd_lanes(vec<double> a, vec<double> b) {
  return _mm512_shuffle_f64x2(a, b, 0xdd);
}

// q[h][r] and q[h][group + r] hold the same half of four rows. That takes fewer instructions than lane by
// lane but more shuffles, which pays beside multiply-adds. And each cache line is read once, completely,
// before other rows can evict it from the L1 cache.
template <class T, class Rows>
TWINPATH_INLINE void load_square(const Rows& row, std::size_t p, vec<T> (&out)[64 / sizeof(T)]) {
  constexpr std::size_t group = columns_at_once<T>;
  constexpr std::size_t half = 2 * group;
  vec<T> q[2][half];
  TWINPATH_UNROLL for (std::size_t r = 0; r < half; ++r) {
    const T* low = row[r < group ? r : group + r] + p;
    const T* high = row[r < group ? group + r : half + r] + p;
    TWINPATH_UNROLL for (std::size_t h = 0; h < 2; ++h) q[h][r] =
        join_halves(low + half * h, high + half * h);
  }
  // Otherwise the compiler would interleave the loads with what follows.
  asm volatile("" ::: "memory");
  TWINPATH_UNROLL for (std::size_t h = 0; h < 2; ++h) {
    vec<T> first[group];
    vec<T> last[group];
    TWINPATH_UNROLL for (std::size_t r = 0; r < group; ++r) {
      first[r] = even_lanes(q[h][r], q[h][group + r]);
      last[r] = odd_lanes(q[h][r], q[h][group + r]);
    }
    vec<T> columns[2][group];
    transpose_lanes(first, columns[0]);
    transpose_lanes(last, columns[1]);
    TWINPATH_UNROLL for (std::size_t c = 0; c < half; ++c) out[half * h + c] = columns[c / group][c % group];
  }
}

TWINPATH_INLINE vec<float> scale(vec<float> y, vec<float> n) {
  return _mm512_scalef_ps(y, n);
}
TWINPATH_INLINE vec<double> scale(vec<double> y, vec<double> n) {
  return _mm512_scalef_pd(y, n);
}

// The inverse of load_columns, for the first `count` rows.
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<float> (&in)[4], float* x, std::size_t stride, std::size_t count,
                                   Lane lane = {}) {
  vec<float> q[4];
  transpose_lanes(in, q);
  TWINPATH_UNROLL for (std::size_t r = 0; r < 16; ++r) {
    if (r >= count) break;
    const __m512 v = q[r % 4];
    const __m128 part = r < 4    ? _mm512_castps512_ps128(v)
                        : r < 8  ? _mm512_extractf32x4_ps(v, 1)
                        : r < 12 ? _mm512_extractf32x4_ps(v, 2)
                                 : _mm512_extractf32x4_ps(v, 3);
    lane.store(x + r * stride, part);
  }
}
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<double> (&in)[2], double* x, std::size_t stride,
                                   std::size_t count, Lane lane = {}) {
  vec<double> q[2];
  transpose_lanes(in, q);
  TWINPATH_UNROLL for (std::size_t r = 0; r < 8; ++r) {
    if (r >= count) break;
    const __m512d v = q[r % 2];
    const __m128d part = r < 2   ? _mm512_castpd512_pd128(v)
                         : r < 4 ? _mm512_extractf64x2_pd(v, 1)
                         : r < 6 ? _mm512_extractf64x2_pd(v, 2)
                                 : _mm512_extractf64x2_pd(v, 3);
    lane.store(x + r * stride, part);
  }
}

TWINPATH_INLINE vec<float> exp2_of_rounded(vec<float> v) {
  const __m512i n = _mm512_slli_epi32(_mm512_castps_si512(v), float_constants::mantissa);
  return _mm512_castsi512_ps(_mm512_add_epi32(n, _mm512_set1_epi32(0x3f800000)));
}
TWINPATH_INLINE vec<double> exp2_of_rounded(vec<double> v) {
  const __m512i n = _mm512_slli_epi64(_mm512_castpd_si512(v), double_constants::mantissa);
  return _mm512_castsi512_pd(_mm512_add_epi64(n, _mm512_set1_epi64(0x3ff0000000000000)));
}

TWINPATH_INLINE __m512i shifted_bits(vec<float> x) {
  return _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x3f800000 - 0x3f3504f3));
}
TWINPATH_INLINE __m512i shifted_bits(vec<double> x) {
  return _mm512_add_epi64(_mm512_castpd_si512(x), _mm512_set1_epi64(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
}
TWINPATH_INLINE vec<float> exponent_of(vec<float> x) {
  return _mm512_cvtepi32_ps(_mm512_srli_epi32(shifted_bits(x), float_constants::mantissa));
}
TWINPATH_INLINE vec<double> exponent_of(vec<double> x) {
  const __m512i e = _mm512_srli_epi64(shifted_bits(x), double_constants::mantissa);
  const __m512i magic = _mm512_set1_epi64(0x4330000000000000);
  return _mm512_sub_pd(_mm512_castsi512_pd(_mm512_or_si512(e, magic)), _mm512_set1_pd(0x1p52));
}
TWINPATH_INLINE vec<float> fraction_of(vec<float> x) {
  const __m512i f = _mm512_and_si512(shifted_bits(x), _mm512_set1_epi32(0x007fffff));
  return _mm512_castsi512_ps(_mm512_add_epi32(f, _mm512_set1_epi32(0x3f3504f3)));
}
TWINPATH_INLINE vec<double> fraction_of(vec<double> x) {
  const __m512i f = _mm512_and_si512(shifted_bits(x), _mm512_set1_epi64(0x000fffffffffffff));
  return _mm512_castsi512_pd(_mm512_add_epi64(f, _mm512_set1_epi64(0x3fe6a09e667f3bcd)));
}

TWINPATH_INLINE float fold_register(__m512 v) {
  return fold_register(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
}
TWINPATH_INLINE double fold_register(__m512d v) {
  return fold_register(_mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1)));
}

}  // namespace
}  // namespace twinpath::inline v0::detail
