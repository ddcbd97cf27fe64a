// SPDX-License-Identifier: MIT
// Vectors: what all instruction sets have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include <twinpath/contract/elementary.hpp>

namespace twinpath::inline v0::detail {
namespace {

#define TWINPATH_INLINE [[gnu::always_inline]] inline
/// TWINPATH_INLINE for a lambda, after its parameters.
#define TWINPATH_LAMBDA __attribute__((always_inline))
#define TWINPATH_UNROLL _Pragma("GCC unroll 16")

#if defined(TWINPATH_HALF_VECTORS)
using arch = xsimd::fma3<xsimd::avx2>;
#elif defined(__AVX512F__)
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

/// Pins a vector to a register: otherwise GCC loads it again for each of a few multiply-adds.
template <class T>
TWINPATH_INLINE void pin(vec<T>& v) {
  typename vec<T>::register_type held = v;
#if defined(__aarch64__)
  asm("" : "+w"(held));
#else
  asm("" : "+v"(held));
#endif
  v = held;
}

template <class T>
struct tail;

/// The counterpart of `tail` for a vector of which all elements exist.
template <class T>
struct whole {
  TWINPATH_INLINE explicit whole(std::size_t = width<T>) {}
  TWINPATH_INLINE vec<T> load(const T* p, T = {}) const { return vec<T>::load_unaligned(p); }
  TWINPATH_INLINE void store(T* p, vec<T> v) const { v.store_unaligned(p); }
};

using float_constants = contract::elementary<float>;
using double_constants = contract::elementary<double>;

}  // namespace
}  // namespace twinpath::inline v0::detail
