// SPDX-License-Identifier: MIT
// AVX-512 for vectors of any width: lanes and their masks.
#pragma once

#include "kernels/simd/lanes.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The mask of the first n elements, pinned to a mask register: GCC would copy it through memory.
template <class Mask>
TWINPATH_INLINE Mask first_elements(std::size_t n) {
  Mask mask = static_cast<Mask>((1u << n) - 1);
  asm("" : "+Yk"(mask));
  return mask;
}

// From a separate register: GCC 12 would fuse extraction and masked store to an instruction that faults at
// elements which the mask excludes.
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

TWINPATH_INLINE __m128 first_lane(__m512 v) {
  return _mm512_castps512_ps128(v);
}
TWINPATH_INLINE __m128d first_lane(__m512d v) {
  return _mm512_castpd512_pd128(v);
}
TWINPATH_INLINE __m128 first_lane(__m256 v) {
  return _mm256_castps256_ps128(v);
}
TWINPATH_INLINE __m128d first_lane(__m256d v) {
  return _mm256_castpd256_pd128(v);
}

/// A `tail` that ends within the first lane: its stores cross cache lines less often, which is what a masked
/// store costs most for.
template <class T>
struct tail_in_lane {
  __mmask8 mask;
  TWINPATH_INLINE void store(T* p, vec<T> v) const {
    store_lane(p, first_lane(static_cast<typename vec<T>::register_type>(v)), mask);
  }
};

}  // namespace
}  // namespace twinpath::inline v0::detail
