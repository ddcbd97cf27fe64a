// SPDX-License-Identifier: MIT
// What the kernels need beyond xsimd. No other file knows its gaps.
//
// xsimd 8.1 has no FMA for AVX-512 (xsimd::fma multiplies, rounds and adds), no partial load and store, and
// no transpose; later releases renamed functions. So a few functions are written with intrinsics, in one file
// for each instruction set:
//
//   fma(a, b, c)             a * b + c, rounded once (twice on SSE2, which has no such instruction)
//   accumulate(c, a, b)      c = fma(a, b, c) in place: with 16 registers GCC lets the accumulators of a loop
//                            change registers, and spills some in every iteration; a may be in memory
//   divide(a, b), root(a)    quotient and square root, rounded once: on NEON those of xsimd 8.1 for float are
//                            refined estimates
//   tail<T>(n).load/store    the first n elements of a vector; memory behind them is not touched. The other
//                            elements are loaded as 0, or as a second argument
//   transpose(rows)          a square of as many rows as a vector has elements
//   load_lanes(rows, p, r, …) 128-bit lanes from p of the rows r, r + `columns_at_once` …, side by side
//   transpose_lanes(in, out) a transpose within each lane: makes columns of the result of load_lanes
//   load_columns(rows, p, …) `columns_at_once` columns from p, or with a `lane_tail` fewer, of as many
//                            rows in memory as a vector has elements
//   load_square(rows, p, …)  as many columns from p as a vector has elements, if that is a cache line
//   store_columns(c, x, …)   the inverse of load_columns
//   fold_lanes(v)            upper half added to the lower half until one element is left
//   larger(a, b)             a > b ? a : b
//   zero_below(least, x)     |x| < least ? +0 : x
//   scale(y, n)              y * 2^n, n whole, rounded once
//   exp2_of_rounded(v)       2^n as in the contract, for a result that is neither subnormal nor infinite
//   exponent_of(v), fraction_of(v)   the two parts of contract::log's argument
//
// The instruction set is the one that the including file is compiled for, and the vectors are its widest;
// with TWINPATH_HALF_VECTORS defined they have half of that width. Everything has internal linkage: a weak
// symbol of a tier's file could be picked by the linker for the whole program.
#pragma once

#include "kernels/simd/vector.hpp"

#if defined(TWINPATH_HALF_VECTORS)
#include "kernels/simd/avx512_half.hpp"
#elif defined(__AVX512F__)
#include "kernels/simd/avx512.hpp"
#elif defined(__AVX2__)
#include "kernels/simd/avx2.hpp"
#else
#if defined(__aarch64__)
#include "kernels/simd/neon.hpp"
#else
#include "kernels/simd/sse2.hpp"
#endif
#include "kernels/simd/one_lane.hpp"
#endif

namespace twinpath::inline v0::detail {
namespace {

// Where the file of the instruction set has overloads of these, they are the better match: they are no
// templates.

template <class T>
TWINPATH_INLINE void accumulate(vec<T>& acc, vec<T> a, vec<T> b) {
  acc = fma(a, b, acc);
}

template <class T>
TWINPATH_INLINE void accumulate(vec<T>& acc, const T* a, vec<T> b) {
  accumulate(acc, vec<T>(*a), b);
}

template <class T>
TWINPATH_INLINE vec<T> zero_below(vec<T> least, vec<T> x) {
  return xsimd::select(xsimd::abs(x) < least, vec<T>(T(0)), x);
}

template <class T, class Rows, class Lane = whole_lane>
TWINPATH_INLINE vec<T> load_lanes(const Rows& row, std::size_t p, std::size_t r, Lane lane = {}) {
  constexpr std::size_t group = columns_at_once<T>;
  constexpr std::size_t lanes = width<T> / group;
  if constexpr (lanes == 4) {
    return join_lanes(row[r] + p, row[group + r] + p, row[2 * group + r] + p, row[3 * group + r] + p, lane);
  } else if constexpr (lanes == 2) {
    return join_lanes(row[r] + p, row[group + r] + p, lane);
  } else {
    return join_lanes(row[r] + p, lane);
  }
}

template <class T, class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns(const Rows& row, std::size_t p, vec<T> (&out)[columns_at_once<T>],
                                  Lane lane = {}) {
  vec<T> q[columns_at_once<T>];
  TWINPATH_UNROLL for (std::size_t r = 0; r < columns_at_once<T>; ++r) q[r] = load_lanes<T>(row, p, r, lane);
  transpose_lanes(q, out);
}

/// In two factors, so that subnormal results and the largest ones are correct.
template <class T>
TWINPATH_INLINE vec<T> scale(vec<T> y, vec<T> n) {
  const vec<T> round(contract::elementary<T>::round);
  const vec<T> half = fma(n, vec<T>(T(0.5)), round);
  const vec<T> rest = n - (half - round) + round;
  return y * exp2_of_rounded(half) * exp2_of_rounded(rest);
}

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
