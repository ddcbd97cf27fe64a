// SPDX-License-Identifier: MIT
// What happens to t, the folded sum of a product, on its way to C.
#pragma once

#include "linalg/kernel_table.hpp"
#include "linalg/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// contract::relu
template <class T>
TWINPATH_INLINE vec<T> relu_of(vec<T> z) {
  const vec<T> zero(T(0));
  return xsimd::select(z <= zero, zero, z);
}

/// One vector of C from the same vector of t; c, bias and mask point to it.
template <finish what, class T, class Columns>
TWINPATH_INLINE vec<T> finished(vec<T> t, const epilogue<T>& end, const Columns& across, const T* c,
                                const T* bias, const T* mask) {
  const vec<T> zero(T(0));
  if constexpr (what == finish::store) return t;
  if constexpr (what == finish::scale) return vec<T>(end.alpha) * t;
  if constexpr (what == finish::blend) return fma(vec<T>(end.alpha), t, vec<T>(end.beta) * across.load(c));
  if constexpr (what == finish::bias) return t + across.load(bias);
  if constexpr (what == finish::bias_relu) return relu_of<T>(t + across.load(bias));
  if constexpr (what == finish::mask) return xsimd::select(across.load(mask) > zero, t, zero);
}

/// Calls body.operator()<what>() for a finishing step known at run time.
template <class Body>
TWINPATH_INLINE void finish_as(finish what, Body&& body) {
  // The smallest products store: a table of jumps on the way would cost them 1 %.
  if (what == finish::store) return body.template operator()<finish::store>();
  switch (what) {
    case finish::store:
      break;
    case finish::scale:
      return body.template operator()<finish::scale>();
    case finish::blend:
      return body.template operator()<finish::blend>();
    case finish::bias:
      return body.template operator()<finish::bias>();
    case finish::bias_relu:
      return body.template operator()<finish::bias_relu>();
    case finish::mask:
      return body.template operator()<finish::mask>();
  }
}

template <class T>
[[gnu::flatten]] void finish_row(const T* t, const epilogue<T>& end, const T* bias, const T* mask, T* c,
                                 std::size_t n) {
  finish_as(
      end.what, [&]<finish what>() __attribute__((always_inline)) {
        for_vectors<T>(
            n, [&](std::size_t j, auto across) __attribute__((always_inline)) {
              across.store(c + j,
                           finished<what, T>(across.load(t + j), end, across, c + j, bias + j, mask + j));
            });
      });
}

/// The elements of a column, which share those of a row of C: its bias.
template <class T>
struct one_for_all {
  TWINPATH_INLINE vec<T> load(const T* p) const { return vec<T>(*p); }
};

/// finish_columns where a row of C is no longer than a lane, and nothing but t has one value for each
/// element.
template <finish what, class T>
TWINPATH_INLINE void finish_few_columns(const T* in, std::size_t in_stride, std::size_t rows, std::size_t n,
                                        const epilogue<T>& end, const T* bias, T* c, std::size_t c_stride) {
  constexpr std::size_t most = columns_at_once<T>;
  vec<T> column[most];
  TWINPATH_UNROLL for (std::size_t j = 0; j < most; ++j) {
    const std::size_t from = j < n ? j : n - 1;
    column[j] =
        finished<what, T>(load(in + from * in_stride), end, one_for_all<T>(), nullptr, bias + from, nullptr);
  }
  if (n == most) return store_columns(column, c, c_stride, rows);
  store_columns(column, c, c_stride, rows, lane_tail(n));
}

/// Up to a vector's length of rows of C from t transposed: element (i, j) is in[j * in_stride + i].
template <class T>
[[gnu::flatten]] void finish_columns(const T* in, std::size_t in_stride, std::size_t rows, std::size_t n,
                                     const epilogue<T>& end, const T* bias, const T* mask,
                                     std::size_t mask_stride, T* c, std::size_t c_stride) {
  constexpr std::size_t w = width<T>;
  finish_as(
      end.what, [&]<finish what>() __attribute__((always_inline)) {
        if constexpr (what != finish::blend && what != finish::mask) {
          if (n <= columns_at_once<T>)
            return finish_few_columns<what, T>(in, in_stride, rows, n, end, bias, c, c_stride);
        }
        for_vectors<T>(
            n, [&](std::size_t j, auto across) __attribute__((always_inline)) {
              vec<T> square[w];
              const std::size_t present = n - j < w ? n - j : w;
              for (std::size_t r = 0; r < w; ++r)
                square[r] = r < present ? load(in + (j + r) * in_stride) : vec<T>(T(0));
              transpose(square);
              // As in a micro-kernel: all loads before the stores.
              for (std::size_t i = 0; i < rows; ++i) {
                square[i] = finished<what, T>(square[i], end, across, c + i * c_stride + j, bias + j,
                                              mask + i * mask_stride + j);
              }
              for (std::size_t i = 0; i < rows; ++i) across.store(c + i * c_stride + j, square[i]);
            });
      });
}

}  // namespace
}  // namespace twinpath::inline v0::detail
