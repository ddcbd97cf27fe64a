// SPDX-License-Identifier: MIT
// Losses and their gradients. Softmax cross-entropy is in softmax_kernels.hpp.
#pragma once

#include <limits>

#include "kernels/elementary.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/simd/simd.hpp"
#include "kernels/softmax_kernels.hpp"
#include "kernels/sum_kernels.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Calls row(z, y, dz) for m rows, and stores the losses that it returns.
template <class T, class Row>
TWINPATH_INLINE void for_loss_rows(const T* z, std::size_t z_stride, const T* y, std::size_t y_stride, T* dz,
                                   std::size_t dz_stride, std::size_t m, T* losses, const Row& row) {
  for (std::size_t i = 0; i < m; ++i) losses[i] = row(z + i * z_stride, y + i * y_stride, dz + i * dz_stride);
}

/// contract::sigmoid_cross_entropy_row
template <class T>
[[gnu::flatten]] void sigmoid_cross_entropy(const T* z, std::size_t z_stride, const T* y,
                                            std::size_t y_stride, T* dz, std::size_t dz_stride, std::size_t m,
                                            std::size_t n, T scale, T* losses) {
  const vec<T> zero(T(0));
  const vec<T> one(T(1));
  const vec<T> infinity(std::numeric_limits<T>::infinity());
  const vec<T> factor(scale);
  T ones[width<T>];
  store(ones, one);
  for_loss_rows(z, z_stride, y, y_stride, dz, dz_stride, m, losses,
                [&](const T* scores, const T* targets, T* error) TWINPATH_LAMBDA {
                  row_lanes<T> sum;
                  for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
                    const vec<T> x = across.load(scores + j);
                    const vec<T> target = across.load(targets + j);
                    const vec<T> e = exp_of<T, false>(x | vec<T>(T(-0.0)));
                    const vec<T> p = sigmoid_of<T>(x);
                    across.store(error + j, (p - target) * factor);
                    const vec<T> side = xsimd::select(x > zero, one, zero);
                    const vec<T> s = xsimd::select(target == side, zero, x);
                    const vec<T> scored = xsimd::select(s == infinity, zero, s);
                    const vec<T> loss = fma(zero - scored, target, relu_of<T>(s)) + log1p_of<T>(e);
                    // Columns behind the row are loaded as 0, of which the loss is log 2.
                    sum.at(j) = sum.at(j) + loss * across.load(ones);
                  });
                  return sum.fold(n);
                });
}

/// contract::squared_error_row
template <class T>
[[gnu::flatten]] void squared_error(const T* z, std::size_t z_stride, const T* y, std::size_t y_stride, T* dz,
                                    std::size_t dz_stride, std::size_t m, std::size_t n, T scale, T* losses) {
  const vec<T> factor(scale);
  for_loss_rows(z, z_stride, y, y_stride, dz, dz_stride, m, losses,
                [&](const T* scores, const T* targets, T* error) TWINPATH_LAMBDA {
                  row_lanes<T> sum;
                  for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
                    const vec<T> d = across.load(scores + j) - across.load(targets + j);
                    sum.at(j) = fma(d, d, sum.at(j));
                    across.store(error + j, d * factor);
                  });
                  return sum.fold(n);
                });
}

template <loss which, class T>
constexpr loss_function<T> loss_kernel() {
  if constexpr (which == loss::softmax_cross_entropy) return &cross_entropy<T>;
  if constexpr (which == loss::sigmoid_cross_entropy) return &sigmoid_cross_entropy<T>;
  if constexpr (which == loss::mean_squared_error) return &squared_error<T>;
}

}  // namespace
}  // namespace twinpath::inline v0::detail
