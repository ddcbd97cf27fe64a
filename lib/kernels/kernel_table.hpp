// SPDX-License-Identifier: MIT
// All that is specific to an instruction-set tier, as one table of data and function pointers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include <twinpath/activation.hpp>
#include <twinpath/isa.hpp>
#include <twinpath/loss.hpp>

namespace twinpath::inline v0::detail {

/// What the store of a product does with t, the folded sum of op(A) * op(B).
enum class epilogue_op : std::uint8_t {
  store,      ///< C = t
  scale,      ///< C = alpha * t
  blend,      ///< C = fma(alpha, t, beta * C)
  bias,       ///< C = t + bias
  bias_relu,  ///< C = relu(t + bias)
  mask,       ///< C = mask > 0 ? t : 0
};

/// Whether C holds the sums of earlier blocks of k: not where its old elements are wanted or t is scaled.
[[nodiscard]] constexpr bool leaves_c_for_sums(epilogue_op op) {
  return op != epilogue_op::scale && op != epilogue_op::blend;
}

/// A finishing step and its factors.
template <class T>
struct epilogue {
  epilogue_op op = epilogue_op::store;
  T alpha = 1;
  T beta = 0;
};

/// One call of a micro-kernel: tiles of C side by side, over one block of k. Without initial values, because
/// clearing what is then set would cost as much as the smallest product: who makes one sets all fields but
/// those of null sums.
template <class T>
struct tile {
  std::size_t k;
  const T* a;
  std::size_t a_stride;
  const T* b;  ///< row p of the block starts at b + p * b_stride; for transposed tiles column j at b + j *
               ///< b_stride
  std::size_t b_stride;
  std::size_t b_next;  ///< from the b of a tile to that of its neighbour
  std::size_t count;   ///< tiles; 1 where the tile is partial
  std::size_t tail;    ///< columns of a partial tile; unused by the others
  const T* ahead;  ///< what a later call will read: the first tile fetches a cache line of it a step; or null
  std::size_t ahead_stride;

  const T* slice;  ///< sum of the earlier blocks of this slice, or null
  std::size_t slice_stride;
  const T* total;  ///< sum of the earlier slices, or null
  std::size_t total_stride;

  const epilogue<T>* finish;
  const T* bias;  ///< an element for each column; any pointer where the epilogue wants none
  const T* mask;  ///< an element for each element of C; any pointer where the epilogue wants none
  std::size_t mask_stride;
  T* c;
  std::size_t c_stride;
  bool fetches_c;  ///< C and the sums may be far away: whole tiles fetch them before they compute
};

template <class T>
using micro_kernel = void (*)(const tile<T>&);

/// A function of n elements each of c, and of x, y and z where it wants them.
template <class T>
using element_function = void (*)(T* c, T* x, T* y, T* z, const void* factors, std::size_t n);

/// One of each activation.
template <class Entry>
struct by_activation {
  std::array<Entry, static_cast<std::size_t>(activation::gelu_tanh) + 1> entries;
  constexpr const Entry& operator[](activation f) const { return entries[static_cast<std::size_t>(f)]; }
};

/// The losses of m rows, in losses[0 … m - 1], and their dz times `scale`; dz may be z or y.
template <class T>
using loss_kernel = void (*)(const T* z, std::size_t z_stride, const T* y, std::size_t y_stride, T* dz,
                             std::size_t dz_stride, std::size_t m, std::size_t n, T scale, T* losses);

/// How a micro-kernel finds element (i, p) of its rows of A.
enum class a_layout : std::uint8_t {
  columns,  ///< a[p * a_stride + i]: packed slivers, or a transposed operand read in place
  rows,     ///< a[i * a_stride + p]: an operand read in place
};

inline constexpr std::size_t max_tile_rows = 16;
/// Vectors across that a tile can have, widest first; fewer where the accumulators do not fit.
inline constexpr std::array<std::size_t, 5> tile_widths{8, 4, 3, 2, 1};
/// The place in `tile_widths` of the widest one that is at most so many vectors.
inline constexpr std::array<std::uint8_t, tile_widths.front() + 1> width_index{4, 4, 3, 2, 1, 1, 1, 1, 0};

/// Tiles of 1 … width - 1 columns, for one layout of A, by rows - 1.
template <class T>
struct partial_tiles {
  std::array<micro_kernel<T>, max_tile_rows> plain;
  /// Of a transposed B that is read in place.
  std::array<micro_kernel<T>, max_tile_rows> transposed;
};

/// Those of 1 … width / 2 columns in vectors of half the width, by a_layout.
template <class T>
using half_tiles = std::array<partial_tiles<T>, 2>;

/// The micro-kernels of one layout of A, by rows - 1.
template <class T>
struct micro_kernels {
  /// [i][rows - 1]: tiles of tile_widths[i] whole vectors; null where they do not fit the registers.
  std::array<std::array<micro_kernel<T>, max_tile_rows>, tile_widths.size()> full;
  /// [rows - 1]: vectors across the widest tile that exists.
  std::array<std::uint8_t, max_tile_rows> widest;
  /// [rows - 1]: that tile, for a B which is read once and does not come from a near cache.
  std::array<micro_kernel<T>, max_tile_rows> streaming;
  partial_tiles<T> partial;
  /// An entry of `half_tiles`, or null.
  const partial_tiles<T>* half;
  /// [rows - 1]: tiles of two vectors or of one, of a transposed B that is read in place; no two where one is
  /// as fast.
  std::array<micro_kernel<T>, max_tile_rows> transposed_pair;
  std::array<micro_kernel<T>, max_tile_rows> transposed;

  /// For the columns behind the last whole vector.
  [[nodiscard, gnu::always_inline]] inline const partial_tiles<T>& partial_for(std::size_t columns,
                                                                               std::size_t width) const {
    return half != nullptr && 2 * columns <= width ? *half : partial;
  }
};

/// Rows of the register tile of so many vectors across where C is taller than one tile; 0 where that width is
/// not used then.
using rows_by_vectors = std::array<std::uint8_t, tile_widths.front() + 1>;

/// Whether so few steps of k take tiles of their own. A single one does little but store, which the fewest
/// tiles do best.
[[nodiscard]] constexpr bool is_few_steps(std::size_t k) {
  return k >= 2 && k <= 64;
}

template <class T>
struct kernel_table {
  isa tier;
  std::size_t width;      ///< elements in a vector
  std::size_t tile_rows;  ///< most rows of a tile
  rows_by_vectors tall_rows;
  /// `tall_rows` for few steps of k: stores that come all at once hold up the multiply-adds of the next tile.
  rows_by_vectors tall_rows_of_few_steps;

  /// Most rows of C for which a transposed B is read in place, and transposed again for each tile of rows:
  /// where the tiles are tall that hides behind the multiply-adds.
  std::size_t in_place_rows;

  std::array<micro_kernels<T>, 2> products;  ///< by a_layout
  [[nodiscard]] bool has_half_tiles() const noexcept { return products[0].half != nullptr; }

  /// out[p * out_stride + i] = in[p * stride + i] for i < rows and p < k. Writes whole vectors: anything
  /// between rows and out_stride, and up to a vector behind the end.
  void (*pack_columns)(const T* in, std::size_t stride, std::size_t rows, std::size_t k, T* out,
                       std::size_t out_stride);
  /// out[p * out_stride + i] = in[i * stride + p], otherwise the same.
  void (*pack_rows)(const T* in, std::size_t stride, std::size_t rows, std::size_t k, T* out,
                    std::size_t out_stride);

  /// C's row of n elements from t, as the store of a micro-kernel would finish it.
  void (*finish_row)(const T* t, const epilogue<T>& finish, const T* bias, const T* mask, T* c,
                     std::size_t n);
  /// The same for `rows` <= width rows of C, of which element (i, j) is in[j * in_stride + i]. Reads whole
  /// vectors.
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
  T (*sum_of_squares)(const T* x, std::size_t n);
  /// x[i] = factor * x[i]
  void (*scale)(T factor, T* x, std::size_t n);
  /// contract::softmax_row of m rows; z may be p.
  void (*softmax)(const T* z, std::size_t z_stride, T* p, std::size_t p_stride, std::size_t m, std::size_t n);
  loss_kernel<T> cross_entropy;
  loss_kernel<T> sigmoid_cross_entropy;
  loss_kernel<T> squared_error;
  void (*cross_entropy_classes)(const T* z, std::size_t z_stride, const std::int32_t* classes, T* dz,
                                std::size_t dz_stride, std::size_t m, std::size_t n, T scale, T* losses);
  // x = f(c); x may be c.
  by_activation<element_function<T>> activate;
  element_function<T> exp;
  element_function<T> log;
  element_function<T> erf;
  /// c = contract::backprop(f, c, x)
  by_activation<element_function<T>> take_back;
  /// w[i] = fma(-rate, g[i], w[i])
  void (*sgd_update)(T rate, const T* g, T* w, std::size_t n);
  // c is the gradient, x the parameter, y and z are what the optimiser remembers of it. Factors:
  // contract::sgd_factors, contract::adam_factors.
  element_function<T> decayed_update;
  element_function<T> momentum_update;
  element_function<T> nesterov_update;
  element_function<T> adam_update;
};

/// The table of the tier in use, null until it is asked for.
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
