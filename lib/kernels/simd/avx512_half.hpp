// SPDX-License-Identifier: MIT
// Half vectors of AVX-512: 256 bits with masks, broadcasts and 32 registers, for tiles with no more columns.
// On processors that compute vectors of 512 bits in halves they are twice as fast, and they cross cache lines
// less often. Only what micro-kernels need.
#pragma once

#include "kernels/simd/masks.hpp"
#include "kernels/simd/ymm.hpp"

namespace twinpath::inline v0::detail {
namespace {

TWINPATH_INLINE void accumulate(vec<float>& acc, const float* a, vec<float> b) {
  __m256 sum = acc;
  asm("vfmadd231ps %2%{1to8%}, %1, %0" : "+v"(sum) : "v"(static_cast<__m256>(b)), "m"(*a));
  acc = sum;
}
TWINPATH_INLINE void accumulate(vec<double>& acc, const double* a, vec<double> b) {
  __m256d sum = acc;
  asm("vfmadd231pd %2%{1to4%}, %1, %0" : "+v"(sum) : "v"(static_cast<__m256d>(b)), "m"(*a));
  acc = sum;
}

template <>
struct tail<float> {
  __mmask8 mask;
  TWINPATH_INLINE explicit tail(std::size_t n) : mask(first_elements<__mmask8>(n)) {}
  TWINPATH_INLINE vec<float> load(const float* p) const { return _mm256_maskz_loadu_ps(mask, p); }
  TWINPATH_INLINE vec<float> load(const float* p, float rest) const {
    return _mm256_mask_loadu_ps(_mm256_set1_ps(rest), mask, p);
  }
  TWINPATH_INLINE void store(float* p, vec<float> v) const { _mm256_mask_storeu_ps(p, mask, v); }
  [[nodiscard]] TWINPATH_INLINE bool fits_lane() const { return mask < 1 << columns_at_once<float>; }
  [[nodiscard]] TWINPATH_INLINE tail_in_lane<float> in_lane() const { return {mask}; }
};
template <>
struct tail<double> {
  __mmask8 mask;
  TWINPATH_INLINE explicit tail(std::size_t n) : mask(first_elements<__mmask8>(n)) {}
  TWINPATH_INLINE vec<double> load(const double* p) const { return _mm256_maskz_loadu_pd(mask, p); }
  TWINPATH_INLINE vec<double> load(const double* p, double rest) const {
    return _mm256_mask_loadu_pd(_mm256_set1_pd(rest), mask, p);
  }
  TWINPATH_INLINE void store(double* p, vec<double> v) const { _mm256_mask_storeu_pd(p, mask, v); }
  [[nodiscard]] TWINPATH_INLINE bool fits_lane() const { return mask < 1 << columns_at_once<double>; }
  [[nodiscard]] TWINPATH_INLINE tail_in_lane<double> in_lane() const { return {mask}; }
};

}  // namespace
}  // namespace twinpath::inline v0::detail
