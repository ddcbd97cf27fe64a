// SPDX-License-Identifier: MIT
// Packing: copies a block of an operand to a sliver, in which the elements of one step of k are adjacent.
#pragma once

#include <algorithm>

#include "kernels/simd/simd.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
[[gnu::flatten]] void pack_columns(const T* in, std::size_t stride, std::size_t rows, std::size_t k, T* out,
                                   std::size_t out_stride) {
  constexpr std::size_t w = width<T>;
  const std::size_t whole = rows / w * w;
  const tail<T> rest(rows - whole);
  for (std::size_t p = 0; p < k; ++p) {
    const T* from = in + p * stride;
    T* to = out + p * out_stride;
    std::size_t i = 0;
    for (; i < whole; i += w) store(to + i, load(from + i));
    // A whole vector is stored in either case: the excess is padding, or the next step overwrites it.
    if (rows > whole) store(to + i, rest.load(from + i));
  }
}

template <class T>
[[gnu::flatten]] void pack_rows(const T* in, std::size_t stride, std::size_t rows, std::size_t k, T* out,
                                std::size_t out_stride) {
  constexpr std::size_t w = width<T>;
  // Rows that evict each other from the L1 cache are read in whole vectors, once.
  const bool aliasing = aliases(stride * sizeof(T));
  for (std::size_t i = 0; i < rows; i += w) {
    // The last row replaces those that do not exist: their elements are padding, or are overwritten.
    const std::size_t present = std::min(w, rows - i);
    const T* row[w];
    for (std::size_t r = 0; r < w; ++r) row[r] = in + (i + std::min(r, present - 1)) * stride;
    // Without padding, the next step overwrites the excess of the first vector; but a later vector must not
    // touch the elements that the first vector of the next step has already written.
    const bool cut = i != 0 && i + w > out_stride;
    const tail<T> last(present);
    const auto put = [&](std::size_t p, vec<T> column) TWINPATH_LAMBDA {
      T* to = out + p * out_stride + i;
      if (cut) {
        last.store(to, column);
      } else {
        store(to, column);
      }
    };
    std::size_t p = 0;
    for (; aliasing && p + w <= k; p += w) {
      vec<T> square[w];
      TWINPATH_UNROLL for (std::size_t r = 0; r < w; ++r) square[r] = load(row[r] + p);
      transpose(square);
      TWINPATH_UNROLL for (std::size_t c = 0; c < w; ++c) put(p + c, square[c]);
    }
    constexpr std::size_t group = columns_at_once<T>;
    vec<T> columns[group];
    for (; p + group <= k; p += group) {
      load_columns(row, p, columns);
      TWINPATH_UNROLL for (std::size_t c = 0; c < group; ++c) put(p + c, columns[c]);
    }
    if (p == k) continue;
    load_columns(row, p, columns, lane_tail(k - p));
    TWINPATH_UNROLL for (std::size_t c = 0; c + 1 < group; ++c) {
      if (p + c < k) put(p + c, columns[c]);
    }
  }
}

}  // namespace
}  // namespace twinpath::inline v0::detail
