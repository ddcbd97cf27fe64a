// SPDX-License-Identifier: MIT
// What the kernels need beyond xsimd, and the only file that knows where xsimd has gaps.
//
// xsimd 8.1 has no FMA for AVX-512 (xsimd::fma multiplies, rounds and adds), no partial load and store, and
// no transpose; later releases renamed what there was. So a few functions are written with intrinsics, once
// for each instruction set:
//
//   fma(a, b, c)             a * b + c, rounded once (twice on SSE2, which has no such instruction)
//   accumulate(c, a, b)      c = fma(a, b, c) in place: with 16 registers GCC lets the sums of a loop
//                            change places, and spills some of them in every round
//   divide(a, b), root(a)    quotient and square root, rounded once: on NEON those of xsimd 8.1 for float are
//                            refined estimates
//   tail<T>(n).load/store    the first n elements of a vector; memory behind them is not touched
//   transpose(rows)          a square of as many rows as a vector has elements
//   load_columns(rows, p, …) `columns_at_once` columns from p, or with a `lane_tail` fewer, of as many
//                            rows in memory as a vector has elements
//   load_square(rows, p, …)  as many columns from p as a vector has elements, where that is a cache line
//   store_columns(c, x, …)   the way back from load_columns
//   fold_lanes(v)            upper half added to the lower half until one element is left
//   larger(a, b)             a > b ? a : b
//   scale(y, n)              y * 2^n, n whole, rounded once
//   exp2_of_rounded(v)       2^n as in the contract, for a result that is neither subnormal nor infinite
//   exponent_of(v), fraction_of(v)   the two parts of contract::log's argument
//
// The instruction set is the one that the including file is compiled for. Everything has internal linkage: a
// weak symbol of a tier's file could be picked by the linker for the whole program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include <twinpath/contract.hpp>

namespace twinpath::inline v0::detail {
namespace {

#define TWINPATH_INLINE [[gnu::always_inline]] inline
#define TWINPATH_UNROLL _Pragma("GCC unroll 16")

#if defined(__AVX512F__)
using arch = xsimd::avx512bw;
#elif defined(__AVX2__)
using arch = xsimd::fma3<xsimd::avx2>;
#elif defined(__aarch64__)
using arch = xsimd::neon64;
#else
using arch = xsimd::sse2;
#endif

template <class T>
using vec = xsimd::batch<T, arch>;

template <class T>
inline constexpr std::size_t width = vec<T>::size;

/// Columns that `load_columns` takes at a time: those of a 128-bit lane.
template <class T>
inline constexpr std::size_t columns_at_once = 16 / sizeof(T);

template <class T>
TWINPATH_INLINE vec<T> load(const T* p) {
  return vec<T>::load_unaligned(p);
}
template <class T>
TWINPATH_INLINE void store(T* p, const vec<T>& v) {
  v.store_unaligned(p);
}

template <class T>
struct tail;

/// The counterpart of `tail` for a vector of which all elements exist.
template <class T>
struct whole {
  TWINPATH_INLINE explicit whole(std::size_t = width<T>) {}
  TWINPATH_INLINE vec<T> load(const T* p) const { return vec<T>::load_unaligned(p); }
  TWINPATH_INLINE void store(T* p, vec<T> v) const { v.store_unaligned(p); }
};

using float_constants = contract::elementary<float>;
using double_constants = contract::elementary<double>;

#if defined(__AVX2__)

/// A 128-bit lane of a row, or its first n elements.
struct whole_lane {
  TWINPATH_INLINE __m128 load(const float* p) const { return _mm_loadu_ps(p); }
  TWINPATH_INLINE __m128d load(const double* p) const { return _mm_loadu_pd(p); }
  TWINPATH_INLINE void store(float* p, __m128 v) const { _mm_storeu_ps(p, v); }
  TWINPATH_INLINE void store(double* p, __m128d v) const { _mm_storeu_pd(p, v); }
};
#if defined(__AVX512F__)
// From a register of its own: GCC 12 would extract the lane to memory under the mask, by an instruction that
// faults where the mask leaves elements out.
TWINPATH_INLINE void store_lane(float* p, __m128 v, __mmask8 mask) {
  asm("" : "+v"(v));
  _mm_mask_storeu_ps(p, mask, v);
}
TWINPATH_INLINE void store_lane(double* p, __m128d v, __mmask8 mask) {
  asm("" : "+v"(v));
  _mm_mask_storeu_pd(p, mask, v);
}
struct lane_tail {
  __mmask8 mask;
  TWINPATH_INLINE explicit lane_tail(std::size_t n) : mask(static_cast<__mmask8>((1u << n) - 1)) {}
  TWINPATH_INLINE __m128 load(const float* p) const { return _mm_maskz_loadu_ps(mask, p); }
  TWINPATH_INLINE __m128d load(const double* p) const { return _mm_maskz_loadu_pd(mask, p); }
  TWINPATH_INLINE void store(float* p, __m128 v) const { store_lane(p, v, mask); }
  TWINPATH_INLINE void store(double* p, __m128d v) const { store_lane(p, v, mask); }
};
#else
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

#endif

#endif

#if defined(__AVX512F__)

TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return _mm512_fmadd_ps(a, b, c);
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return _mm512_fmadd_pd(a, b, c);
}

/// A `tail` of which no element is behind the first lane: its stores lie less often across cache lines, where
/// a masked one costs most.
template <class T>
struct tail_in_lane {
  __mmask8 mask;
  TWINPATH_INLINE void store(float* p, vec<float> v) const { store_lane(p, _mm512_castps512_ps128(v), mask); }
  TWINPATH_INLINE void store(double* p, vec<double> v) const {
    store_lane(p, _mm512_castpd512_pd128(v), mask);
  }
};

template <>
struct tail<float> {
  __mmask16 mask;
  TWINPATH_INLINE explicit tail(std::size_t n) : mask(static_cast<__mmask16>((1u << n) - 1)) {}
  TWINPATH_INLINE vec<float> load(const float* p) const { return _mm512_maskz_loadu_ps(mask, p); }
  TWINPATH_INLINE void store(float* p, vec<float> v) const { _mm512_mask_storeu_ps(p, mask, v); }
  [[nodiscard]] TWINPATH_INLINE bool fits_lane() const { return mask < 1 << columns_at_once<float>; }
  [[nodiscard]] TWINPATH_INLINE tail_in_lane<float> in_lane() const { return {static_cast<__mmask8>(mask)}; }
};
template <>
struct tail<double> {
  __mmask8 mask;
  TWINPATH_INLINE explicit tail(std::size_t n) : mask(static_cast<__mmask8>((1u << n) - 1)) {}
  TWINPATH_INLINE vec<double> load(const double* p) const { return _mm512_maskz_loadu_pd(mask, p); }
  TWINPATH_INLINE void store(double* p, vec<double> v) const { _mm512_mask_storeu_pd(p, mask, v); }
  [[nodiscard]] TWINPATH_INLINE bool fits_lane() const { return mask < 1 << columns_at_once<double>; }
  [[nodiscard]] TWINPATH_INLINE tail_in_lane<double> in_lane() const { return {mask}; }
};

// After the unpacks, 128-bit lane l of group[g] holds four (two) rows of group g: a 4x4 transpose of lanes is
// left.
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

// Lane l of u[r] is a lane of row 4 l + r: the columns of all rows.
TWINPATH_INLINE void turn_lanes(__m512 u0, __m512 u1, __m512 u2, __m512 u3, vec<float>& out0,
                                vec<float>& out1, vec<float>& out2, vec<float>& out3) {
  const __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(u0, u1));
  const __m512d high01 = _mm512_castps_pd(_mm512_unpackhi_ps(u0, u1));
  const __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(u2, u3));
  const __m512d high23 = _mm512_castps_pd(_mm512_unpackhi_ps(u2, u3));
  out0 = _mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23));
  out1 = _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23));
  out2 = _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23));
  out3 = _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23));
}

// A 128-bit lane of `q` takes four (two) columns of one row, lane l of vector r those of row 4 l + r (2 l +
// r): inserting from memory saves half of the shuffles, which have one port where loads have two.
template <class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns(const Rows& row, std::size_t p, vec<float> (&out)[4], Lane lane = {}) {
  __m512 q[4];
  TWINPATH_UNROLL for (std::size_t r = 0; r < 4; ++r) {
    __m512 v = _mm512_castps128_ps512(lane.load(row[r] + p));
    v = _mm512_insertf32x4(v, lane.load(row[4 + r] + p), 1);
    v = _mm512_insertf32x4(v, lane.load(row[8 + r] + p), 2);
    q[r] = _mm512_insertf32x4(v, lane.load(row[12 + r] + p), 3);
  }
  turn_lanes(q[0], q[1], q[2], q[3], out[0], out[1], out[2], out[3]);
}
template <class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns(const Rows& row, std::size_t p, vec<double> (&out)[2], Lane lane = {}) {
  __m512d q[2];
  TWINPATH_UNROLL for (std::size_t r = 0; r < 2; ++r) {
    __m512d v = _mm512_castpd128_pd512(lane.load(row[r] + p));
    v = _mm512_insertf64x2(v, lane.load(row[2 + r] + p), 1);
    v = _mm512_insertf64x2(v, lane.load(row[4 + r] + p), 2);
    q[r] = _mm512_insertf64x2(v, lane.load(row[6 + r] + p), 3);
  }
  out[0] = _mm512_unpacklo_pd(q[0], q[1]);
  out[1] = _mm512_unpackhi_pd(q[0], q[1]);
}

// q[h][r] and q[h][r + 4] (r + 2) hold the same half of four rows. That takes fewer instructions than lane by
// lane, but more shuffles: it pays beside multiply-adds. And each line is read once, whole, before other rows
// may evict it from the L1 cache.
template <class Rows>
TWINPATH_INLINE void load_square(const Rows& row, std::size_t p, vec<float> (&out)[16]) {
  __m512 q[2][8];
  TWINPATH_UNROLL for (std::size_t r = 0; r < 8; ++r) {
    const float* low = row[r < 4 ? r : 4 + r] + p;
    const float* high = row[r < 4 ? 4 + r : 8 + r] + p;
    TWINPATH_UNROLL for (std::size_t h = 0; h < 2; ++h) {
      const __m512 half = _mm512_castps256_ps512(_mm256_loadu_ps(low + 8 * h));
      q[h][r] = _mm512_insertf32x8(half, _mm256_loadu_ps(high + 8 * h), 1);
    }
  }
  // Otherwise the compiler would interleave the loads with what follows.
  asm volatile("" ::: "memory");
  TWINPATH_UNROLL for (std::size_t h = 0; h < 2; ++h) {
    turn_lanes(_mm512_shuffle_f32x4(q[h][0], q[h][4], 0x88), _mm512_shuffle_f32x4(q[h][1], q[h][5], 0x88),
               _mm512_shuffle_f32x4(q[h][2], q[h][6], 0x88), _mm512_shuffle_f32x4(q[h][3], q[h][7], 0x88),
               out[8 * h], out[8 * h + 1], out[8 * h + 2], out[8 * h + 3]);
    turn_lanes(_mm512_shuffle_f32x4(q[h][0], q[h][4], 0xdd), _mm512_shuffle_f32x4(q[h][1], q[h][5], 0xdd),
               _mm512_shuffle_f32x4(q[h][2], q[h][6], 0xdd), _mm512_shuffle_f32x4(q[h][3], q[h][7], 0xdd),
               out[8 * h + 4], out[8 * h + 5], out[8 * h + 6], out[8 * h + 7]);
  }
}
template <class Rows>
TWINPATH_INLINE void load_square(const Rows& row, std::size_t p, vec<double> (&out)[8]) {
  __m512d q[2][4];
  TWINPATH_UNROLL for (std::size_t r = 0; r < 4; ++r) {
    const double* low = row[r < 2 ? r : 2 + r] + p;
    const double* high = row[r < 2 ? 2 + r : 4 + r] + p;
    TWINPATH_UNROLL for (std::size_t h = 0; h < 2; ++h) {
      const __m512d half = _mm512_castpd256_pd512(_mm256_loadu_pd(low + 4 * h));
      q[h][r] = _mm512_insertf64x4(half, _mm256_loadu_pd(high + 4 * h), 1);
    }
  }
  asm volatile("" ::: "memory");
  TWINPATH_UNROLL for (std::size_t h = 0; h < 2; ++h) {
    const __m512d first0 = _mm512_shuffle_f64x2(q[h][0], q[h][2], 0x88);
    const __m512d first1 = _mm512_shuffle_f64x2(q[h][1], q[h][3], 0x88);
    const __m512d last0 = _mm512_shuffle_f64x2(q[h][0], q[h][2], 0xdd);
    const __m512d last1 = _mm512_shuffle_f64x2(q[h][1], q[h][3], 0xdd);
    out[4 * h] = _mm512_unpacklo_pd(first0, first1);
    out[4 * h + 1] = _mm512_unpackhi_pd(first0, first1);
    out[4 * h + 2] = _mm512_unpacklo_pd(last0, last1);
    out[4 * h + 3] = _mm512_unpackhi_pd(last0, last1);
  }
}

#define TWINPATH_SCALES
TWINPATH_INLINE vec<float> scale(vec<float> y, vec<float> n) {
  return _mm512_scalef_ps(y, n);
}
TWINPATH_INLINE vec<double> scale(vec<double> y, vec<double> n) {
  return _mm512_scalef_pd(y, n);
}

// The way back from load_columns, of the first `count` rows.
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<float> (&in)[4], float* x, std::size_t stride, std::size_t count,
                                   Lane lane = {}) {
  const __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(in[0], in[1]));
  const __m512d high01 = _mm512_castps_pd(_mm512_unpackhi_ps(in[0], in[1]));
  const __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(in[2], in[3]));
  const __m512d high23 = _mm512_castps_pd(_mm512_unpackhi_ps(in[2], in[3]));
  const __m512 q[4] = {_mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23)),
                       _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23)),
                       _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23)),
                       _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23))};
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
  const __m512d q[2] = {_mm512_unpacklo_pd(in[0], in[1]), _mm512_unpackhi_pd(in[0], in[1])};
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

#elif defined(__AVX2__)

TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return _mm256_fmadd_ps(a, b, c);
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return _mm256_fmadd_pd(a, b, c);
}
#define TWINPATH_ACCUMULATES
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
  TWINPATH_INLINE void store(float* p, vec<float> v) const { _mm256_maskstore_ps(p, mask, v); }
};
template <>
struct tail<double> {
  __m256i mask;
  TWINPATH_INLINE explicit tail(std::size_t n)
      : mask(_mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(n)),
                                _mm256_setr_epi64x(0, 1, 2, 3))) {}
  TWINPATH_INLINE vec<double> load(const double* p) const { return _mm256_maskload_pd(p, mask); }
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

// As for AVX-512, with two lanes.
template <class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns(const Rows& row, std::size_t p, vec<float> (&out)[4], Lane lane = {}) {
  __m256 q[4];
  TWINPATH_UNROLL for (std::size_t r = 0; r < 4; ++r) {
    const __m256 v = _mm256_castps128_ps256(lane.load(row[r] + p));
    q[r] = _mm256_insertf128_ps(v, lane.load(row[4 + r] + p), 1);
  }
  const __m256d low01 = _mm256_castps_pd(_mm256_unpacklo_ps(q[0], q[1]));
  const __m256d high01 = _mm256_castps_pd(_mm256_unpackhi_ps(q[0], q[1]));
  const __m256d low23 = _mm256_castps_pd(_mm256_unpacklo_ps(q[2], q[3]));
  const __m256d high23 = _mm256_castps_pd(_mm256_unpackhi_ps(q[2], q[3]));
  out[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(low01, low23));
  out[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low01, low23));
  out[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(high01, high23));
  out[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(high01, high23));
}
template <class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns(const Rows& row, std::size_t p, vec<double> (&out)[2], Lane lane = {}) {
  __m256d q[2];
  TWINPATH_UNROLL for (std::size_t r = 0; r < 2; ++r) {
    const __m256d v = _mm256_castpd128_pd256(lane.load(row[r] + p));
    q[r] = _mm256_insertf128_pd(v, lane.load(row[2 + r] + p), 1);
  }
  out[0] = _mm256_unpacklo_pd(q[0], q[1]);
  out[1] = _mm256_unpackhi_pd(q[0], q[1]);
}

// As for AVX-512, with two lanes.
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<float> (&in)[4], float* x, std::size_t stride, std::size_t count,
                                   Lane lane = {}) {
  const __m256d low01 = _mm256_castps_pd(_mm256_unpacklo_ps(in[0], in[1]));
  const __m256d high01 = _mm256_castps_pd(_mm256_unpackhi_ps(in[0], in[1]));
  const __m256d low23 = _mm256_castps_pd(_mm256_unpacklo_ps(in[2], in[3]));
  const __m256d high23 = _mm256_castps_pd(_mm256_unpackhi_ps(in[2], in[3]));
  const __m256 q[4] = {_mm256_castpd_ps(_mm256_unpacklo_pd(low01, low23)),
                       _mm256_castpd_ps(_mm256_unpackhi_pd(low01, low23)),
                       _mm256_castpd_ps(_mm256_unpacklo_pd(high01, high23)),
                       _mm256_castpd_ps(_mm256_unpackhi_pd(high01, high23))};
  TWINPATH_UNROLL for (std::size_t r = 0; r < 8; ++r) {
    if (r >= count) break;
    lane.store(x + r * stride, r < 4 ? _mm256_castps256_ps128(q[r % 4]) : _mm256_extractf128_ps(q[r % 4], 1));
  }
}
template <class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<double> (&in)[2], double* x, std::size_t stride,
                                   std::size_t count, Lane lane = {}) {
  const __m256d q[2] = {_mm256_unpacklo_pd(in[0], in[1]), _mm256_unpackhi_pd(in[0], in[1])};
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

#else  // 128-bit vectors: no masked memory access on either architecture

template <class T>
struct tail {
  std::size_t n;
  TWINPATH_INLINE explicit tail(std::size_t count) : n(count) {}
  TWINPATH_INLINE vec<T> load(const T* p) const {
    T buffer[width<T>] = {};
    for (std::size_t i = 0; i < n; ++i) buffer[i] = p[i];
    return vec<T>::load_unaligned(buffer);
  }
  TWINPATH_INLINE void store(T* p, vec<T> v) const {
    T buffer[width<T>];
    v.store_unaligned(buffer);
    for (std::size_t i = 0; i < n; ++i) p[i] = buffer[i];
  }
};

#if defined(__aarch64__)

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

#else

// Two roundings: the baseline tier follows the contract with contract::unfused.
TWINPATH_INLINE vec<float> fma(vec<float> a, vec<float> b, vec<float> c) {
  return a * b + c;
}
TWINPATH_INLINE vec<double> fma(vec<double> a, vec<double> b, vec<double> c) {
  return a * b + c;
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

#endif

// A lane is the whole vector.
struct whole_lane {
  template <class T>
  TWINPATH_INLINE vec<T> load(const T* p) const {
    return vec<T>::load_unaligned(p);
  }
  template <class T>
  TWINPATH_INLINE void store(T* p, vec<T> v) const {
    v.store_unaligned(p);
  }
};
struct lane_tail {
  std::size_t n;
  TWINPATH_INLINE explicit lane_tail(std::size_t count) : n(count) {}
  template <class T>
  TWINPATH_INLINE vec<T> load(const T* p) const {
    return tail<T>(n).load(p);
  }
  template <class T>
  TWINPATH_INLINE void store(T* p, vec<T> v) const {
    tail<T>(n).store(p, v);
  }
};
template <class T, class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns(const Rows& row, std::size_t p, vec<T> (&out)[width<T>], Lane lane = {}) {
  for (std::size_t r = 0; r < width<T>; ++r) out[r] = lane.load(row[r] + p);
  transpose(out);
}
template <class T, class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<T> (&in)[width<T>], T* x, std::size_t stride, std::size_t count,
                                   Lane lane = {}) {
  vec<T> square[width<T>];
  for (std::size_t c = 0; c < width<T>; ++c) square[c] = in[c];
  transpose(square);
  for (std::size_t r = 0; r < count; ++r) lane.store(x + r * stride, square[r]);
}

#endif

#if defined(__x86_64__)

template <class T>
TWINPATH_INLINE vec<T> larger(vec<T> a, vec<T> b) {
  return xsimd::max(a, b);
}
template <class T>
TWINPATH_INLINE vec<T> divide(vec<T> a, vec<T> b) {
  return a / b;
}
template <class T>
TWINPATH_INLINE vec<T> root(vec<T> x) {
  return xsimd::sqrt(x);
}

TWINPATH_INLINE float fold_register(__m128 v) {
  v = _mm_add_ps(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps(v, v, 1)));
}
TWINPATH_INLINE double fold_register(__m128d v) {
  return _mm_cvtsd_f64(_mm_add_sd(v, _mm_unpackhi_pd(v, v)));
}
#if defined(__AVX2__)
TWINPATH_INLINE float fold_register(__m256 v) {
  return fold_register(_mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1)));
}
TWINPATH_INLINE double fold_register(__m256d v) {
  return fold_register(_mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1)));
}
#endif
#if defined(__AVX512F__)
TWINPATH_INLINE float fold_register(__m512 v) {
  return fold_register(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
}
TWINPATH_INLINE double fold_register(__m512d v) {
  return fold_register(_mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1)));
}
#endif

#elif defined(__aarch64__)

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

#endif

#if !defined(TWINPATH_ACCUMULATES)
template <class T>
TWINPATH_INLINE void accumulate(vec<T>& acc, vec<T> a, vec<T> b) {
  acc = fma(a, b, acc);
}
#endif

#if !defined(TWINPATH_SCALES)
/// In two factors, so that subnormal results and the largest ones are right.
template <class T>
TWINPATH_INLINE vec<T> scale(vec<T> y, vec<T> n) {
  const vec<T> round(contract::elementary<T>::round);
  const vec<T> half = fma(n, vec<T>(T(0.5)), round);
  const vec<T> rest = n - (half - round) + round;
  return y * exp2_of_rounded(half) * exp2_of_rounded(rest);
}
#endif

/// Calls body(offset, columns) for each vector of a row of n elements; `columns` is a `whole` or a `tail`.
template <class T, class Body>
TWINPATH_INLINE void for_vectors(std::size_t n, Body&& body) {
  std::size_t i = 0;
  for (; i + width<T> <= n; i += width<T>) body(i, whole<T>());
  if (i < n) body(i, tail<T>(n - i));
}

template <class T>
TWINPATH_INLINE T fold_lanes(vec<T> v) {
  return fold_register(static_cast<typename vec<T>::register_type>(v));
}

}  // namespace
}  // namespace twinpath::inline v0::detail
