// SPDX-License-Identifier: MIT
// What SSE2 and NEON share: a vector is one lane, and memory is accessed without masks. Included after the
// file of the instruction set.
#pragma once

#include "kernels/simd/vector.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
struct tail {
  std::size_t n;
  TWINPATH_INLINE explicit tail(std::size_t count) : n(count) {}
  /// Element by element, because loading a vector from a buffer would wait until the stores of its elements
  /// have reached the cache.
  TWINPATH_INLINE vec<T> load(const T* p, T rest = {}) const {
    const auto element = [&](std::size_t i) { return i < n ? p[i] : rest; };
    if constexpr (width<T> == 4) {
      return vec<T>{element(0), element(1), element(2), element(3)};
    } else {
      return vec<T>{element(0), element(1)};
    }
  }
  TWINPATH_INLINE void store(T* p, vec<T> v) const {
    T buffer[width<T>];
    v.store_unaligned(buffer);
    for (std::size_t i = 0; i < n; ++i) p[i] = buffer[i];
  }
};

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
template <class T, class Lane>
TWINPATH_INLINE vec<T> join_lanes(const T* r0, Lane lane) {
  return lane.load(r0);
}
template <class T>
TWINPATH_INLINE void transpose_lanes(const vec<T> (&in)[width<T>], vec<T> (&out)[width<T>]) {
  for (std::size_t r = 0; r < width<T>; ++r) out[r] = in[r];
  transpose(out);
}
template <class T, class Lane = whole_lane>
TWINPATH_INLINE void store_columns(const vec<T> (&in)[width<T>], T* x, std::size_t stride, std::size_t count,
                                   Lane lane = {}) {
  vec<T> square[width<T>];
  transpose_lanes<T>(in, square);
  for (std::size_t r = 0; r < count; ++r) lane.store(x + r * stride, square[r]);
}

}  // namespace
}  // namespace twinpath::inline v0::detail
