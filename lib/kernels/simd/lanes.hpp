// SPDX-License-Identifier: MIT
// What AVX2 and AVX-512 share: lanes of 128 bits, and the upper half of 256.
#pragma once

#include "kernels/simd/x86.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// A 128-bit lane of a row, or its first n elements.
struct whole_lane {
  TWINPATH_INLINE __m128 load(const float* p) const { return _mm_loadu_ps(p); }
  TWINPATH_INLINE __m128d load(const double* p) const { return _mm_loadu_pd(p); }
  TWINPATH_INLINE void store(float* p, __m128 v) const { _mm_storeu_ps(p, v); }
  TWINPATH_INLINE void store(double* p, __m128d v) const { _mm_storeu_pd(p, v); }
};

/// The lane, extended by zeros as its load does anyway: for a cast GCC 12 would use the first 16 registers
/// only.
TWINPATH_INLINE __m256 low_half(__m128 lane) {
  return _mm256_zextps128_ps256(lane);
}
TWINPATH_INLINE __m256d low_half(__m128d lane) {
  return _mm256_zextpd128_pd256(lane);
}

TWINPATH_INLINE float fold_register(__m256 v) {
  return fold_register(_mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1)));
}
TWINPATH_INLINE double fold_register(__m256d v) {
  return fold_register(_mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1)));
}

}  // namespace
}  // namespace twinpath::inline v0::detail
