// SPDX-License-Identifier: MIT
// What SSE2, AVX2 and AVX-512 share.
#pragma once

#include <immintrin.h>

#include "kernels/simd/vector.hpp"

namespace twinpath::inline v0::detail {
namespace {

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

}  // namespace
}  // namespace twinpath::inline v0::detail
