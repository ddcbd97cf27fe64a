// SPDX-License-Identifier: MIT
// The epilogue of a product: from t, its complete sum, to C.
#pragma once

#include "kernels/elementary.hpp"
#include "kernels/simd/simd.hpp"
#include "kernels/tile.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// One vector of C from that of t; c, bias and mask point to its first element.
template <epilogue_op op, class T, class Columns>
TWINPATH_INLINE vec<T> finished(vec<T> t, const epilogue<T>& finish, const Columns& across, const T* c,
                                const T* bias, const T* mask) {
  const vec<T> zero(T(0));
  if constexpr (op == epilogue_op::store) return t;
  if constexpr (op == epilogue_op::scale) return vec<T>(finish.alpha) * t;
  if constexpr (op == epilogue_op::blend)
    return fma(vec<T>(finish.alpha), t, vec<T>(finish.beta) * across.load(c));
  if constexpr (op == epilogue_op::bias) return t + across.load(bias);
  if constexpr (op == epilogue_op::bias_relu) return relu_of<T>(t + across.load(bias));
  if constexpr (op == epilogue_op::mask) return xsimd::select(across.load(mask) > zero, t, zero);
}

/// Calls body.operator()<op>() for an operation known at run time.
template <class Body>
TWINPATH_INLINE void finish_as(epilogue_op op, Body&& body) {
  // The smallest products only store: a jump table before that would cost them 1 %.
  if (op == epilogue_op::store) return body.template operator()<epilogue_op::store>();
  switch (op) {
    case epilogue_op::store:
      break;
    case epilogue_op::scale:
      return body.template operator()<epilogue_op::scale>();
    case epilogue_op::blend:
      return body.template operator()<epilogue_op::blend>();
    case epilogue_op::bias:
      return body.template operator()<epilogue_op::bias>();
    case epilogue_op::bias_relu:
      return body.template operator()<epilogue_op::bias_relu>();
    case epilogue_op::mask:
      return body.template operator()<epilogue_op::mask>();
  }
}

template <class T>
[[gnu::flatten]] void finish_row(const T* t, const epilogue<T>& finish, const T* bias, const T* mask, T* c,
                                 std::size_t n) {
  finish_as(finish.op, [&]<epilogue_op op>() TWINPATH_LAMBDA {
    for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
      across.store(c + j, finished<op, T>(across.load(t + j), finish, across, c + j, bias + j, mask + j));
    });
  });
}

/// A column of which all elements have the same bias.
template <class T>
struct one_for_all {
  TWINPATH_INLINE vec<T> load(const T* p) const { return vec<T>(*p); }
};

/// finish_columns for rows of C no longer than a lane, if only t has a value for each element.
template <epilogue_op op, class T>
TWINPATH_INLINE void finish_few_columns(const T* in, std::size_t in_stride, std::size_t rows, std::size_t n,
                                        const epilogue<T>& finish, const T* bias, T* c,
                                        std::size_t c_stride) {
  constexpr std::size_t most = columns_at_once<T>;
  vec<T> column[most];
  TWINPATH_UNROLL for (std::size_t j = 0; j < most; ++j) {
    const std::size_t from = j < n ? j : n - 1;
    column[j] =
        finished<op, T>(load(in + from * in_stride), finish, one_for_all<T>(), nullptr, bias + from, nullptr);
  }
  if (n == most) return store_columns(column, c, c_stride, rows);
  store_columns(column, c, c_stride, rows, lane_tail(n));
}

/// As many rows of C as a vector has elements, or fewer, from t transposed: element (i, j) is
/// in[j * in_stride + i].
template <class T>
[[gnu::flatten]] void finish_columns(const T* in, std::size_t in_stride, std::size_t rows, std::size_t n,
                                     const epilogue<T>& finish, const T* bias, const T* mask,
                                     std::size_t mask_stride, T* c, std::size_t c_stride) {
  constexpr std::size_t w = width<T>;
  finish_as(finish.op, [&]<epilogue_op op>() TWINPATH_LAMBDA {
    if constexpr (op != epilogue_op::blend && op != epilogue_op::mask) {
      if (n <= columns_at_once<T>)
        return finish_few_columns<op, T>(in, in_stride, rows, n, finish, bias, c, c_stride);
    }
    for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
      vec<T> square[w];
      const std::size_t present = n - j < w ? n - j : w;
      for (std::size_t r = 0; r < w; ++r)
        square[r] = r < present ? load(in + (j + r) * in_stride) : vec<T>(T(0));
      transpose(square);
      // As in a micro-kernel, all loads come before the stores.
      for (std::size_t i = 0; i < rows; ++i) {
        square[i] = finished<op, T>(square[i], finish, across, c + i * c_stride + j, bias + j,
                                    mask + i * mask_stride + j);
      }
      for (std::size_t i = 0; i < rows; ++i) across.store(c + i * c_stride + j, square[i]);
    });
  });
}

}  // namespace
}  // namespace twinpath::inline v0::detail
