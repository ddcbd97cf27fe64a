// SPDX-License-Identifier: MIT
// All that is specific to an instruction-set tier, as one table of data and function pointers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <twinpath/activation.hpp>
#include <twinpath/contract/optimizers.hpp>
#include <twinpath/isa.hpp>
#include <twinpath/loss.hpp>

#include "kernels/tile.hpp"

namespace twinpath::inline v0::detail {

/// out[i] = f(in[i]); out may be in.
template <class T>
using map_function = void (*)(const T* in, T* out, std::size_t n);

/// error[i] = error[i] times the derivative at element i, which is taken from kept[i].
template <class T>
using derivative_function = void (*)(T* error, const T* kept, std::size_t n);

/// The factors of an update; a kernel reads those of its own optimiser alone.
template <class T>
struct update_factors {
  contract::sgd_factors<T> sgd;
  contract::adam_factors<T> adam;
};
/// Updates n parameters w from their gradients g. `first` and `second` are the moments of the optimiser;
/// those that it does not have are not read.
template <class T>
using update_function = void (*)(const T* g, T* w, T* first, T* second, const update_factors<T>& factors,
                                 std::size_t n);

/// The updates of all optimisers except plain descent.
template <class T>
struct update_functions {
  update_function<T> decayed;
  update_function<T> momentum;
  update_function<T> nesterov;
  update_function<T> adam;
};

/// The losses of m rows, to losses[0 … m - 1], and their dz times `scale`; dz may be z or y.
template <class T>
using loss_function = void (*)(const T* z, std::size_t z_stride, const T* y, std::size_t y_stride, T* dz,
                               std::size_t dz_stride, std::size_t m, std::size_t n, T scale, T* losses);

/// One entry for each enumerator of an option.
template <class Option, class Entry>
struct by_option {
  std::array<Entry, option_count<Option>> entries;
  constexpr const Entry& operator[](Option x) const { return entries[static_cast<std::size_t>(x)]; }
};

/// Whether k is short enough for tiles of its own. A single step does little but store, for which fewer tiles
/// are better.
[[nodiscard]] constexpr bool is_few_steps(std::size_t k) {
  return k >= 2 && k <= 64;
}

template <class T>
struct kernel_table {
  isa tier;
  std::size_t width;      ///< elements in a vector
  std::size_t tile_rows;  ///< most rows of a tile
  rows_by_vectors tall_rows;
  /// `tall_rows` for few steps of k: many stores at once delay the multiply-adds of the next tile.
  rows_by_vectors tall_rows_of_few_steps;
  /// Most rows of C for which a transposed B is read in place, and transposed again for each tile of rows:
  /// tall tiles hide that behind their multiply-adds.
  std::size_t in_place_rows;

  std::array<micro_kernels<T>, 2> products;  ///< by a_layout
  [[nodiscard]] bool has_half_tiles() const noexcept { return products[0].half != nullptr; }

  /// out[p * out_stride + i] = in[p * stride + i] for i < rows and p < k. Writes whole vectors: the elements
  /// between rows and out_stride, and up to a vector behind the end, are undefined afterwards.
  void (*pack_columns)(const T* in, std::size_t stride, std::size_t rows, std::size_t k, T* out,
                       std::size_t out_stride);
  /// out[p * out_stride + i] = in[i * stride + p], otherwise the same.
  void (*pack_rows)(const T* in, std::size_t stride, std::size_t rows, std::size_t k, T* out,
                    std::size_t out_stride);

  /// A row of C, n elements, from t: finished as by the store of a micro-kernel.
  void (*finish_row)(const T* t, const epilogue<T>& finish, const T* bias, const T* mask, T* c,
                     std::size_t n);
  /// The same for `rows` <= width rows of C, from t transposed: element (i, j) is in[j * in_stride + i].
  /// Reads whole vectors.
  void (*finish_columns)(const T* in, std::size_t in_stride, std::size_t rows, std::size_t n,
                         const epilogue<T>& finish, const T* bias, const T* mask, std::size_t mask_stride,
                         T* c, std::size_t c_stride);
  /// total[j] = total[j] + x[j]
  void (*add)(const T* x, T* total, std::size_t n);
  /// out[j] = one chain of additions over all rows of column j: at most contract::sum_rows of them.
  void (*column_chain)(const T* x, std::size_t stride, std::size_t rows, std::size_t cols, T* out);
  /// contract::column_sums
  void (*column_sums)(const T* x, std::size_t stride, std::size_t rows, std::size_t cols, T* out);
  /// w[j] = fma(-rate, column sum j, w[j])
  void (*column_descent)(T rate, const T* x, std::size_t stride, std::size_t rows, std::size_t cols, T* w);
  T (*row_sum)(const T* x, std::size_t n);
  /// contract::sum_of_squares
  T (*sum_of_squares)(T scale, const T* x, std::size_t n);
  /// x[i] = factor * x[i]
  void (*scale)(T factor, T* x, std::size_t n);
  /// contract::softmax_row of m rows; z may be p.
  void (*softmax)(const T* z, std::size_t z_stride, T* p, std::size_t p_stride, std::size_t m, std::size_t n);
  by_option<loss, loss_function<T>> losses;
  /// losses[loss::softmax_cross_entropy] for targets that are class indices.
  void (*cross_entropy_classes)(const T* z, std::size_t z_stride, const std::int32_t* classes, T* dz,
                                std::size_t dz_stride, std::size_t m, std::size_t n, T scale, T* losses);
  /// contract::activate
  by_option<activation, map_function<T>> activate;
  /// contract::backprop
  by_option<activation, derivative_function<T>> apply_derivative;
  map_function<T> exp;
  map_function<T> log;
  map_function<T> erf;
  /// contract::sgd_update with a rate above 0
  void (*sgd_update)(T rate, const T* g, T* w, std::size_t n);
  update_functions<T> updates;
};

/// The table of the tier in use; null before the first call of `kernels`.
template <class T>
inline constinit std::atomic<const kernel_table<T>*> settled_kernels{nullptr};
template <class T>
[[nodiscard]] const kernel_table<T>& settle_kernels();

/// The table of the tier in use. Throws as `active_isa`.
template <class T>
[[nodiscard]] inline const kernel_table<T>& kernels() {
  const kernel_table<T>* table = settled_kernels<T>.load(std::memory_order_relaxed);
  return table != nullptr ? *table : settle_kernels<T>();
}

}  // namespace twinpath::inline v0::detail
