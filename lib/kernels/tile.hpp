// SPDX-License-Identifier: MIT
// Register tiles of C: what one call of a micro-kernel computes, how its store finishes the product, and
// which micro-kernels a tier has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace twinpath::inline v0::detail {

/// What the store of a product does with t, the complete sum of op(A) * op(B).
enum class epilogue_op : std::uint8_t {
  store,      ///< C = t
  scale,      ///< C = alpha * t
  blend,      ///< C = fma(alpha, t, beta * C)
  bias,       ///< C = t + bias
  bias_relu,  ///< C = relu(t + bias)
  mask,       ///< C = mask > 0 ? t : 0
};

/// Whether C may hold the sums of earlier blocks of k: not if the epilogue reads its old elements or scales
/// t.
[[nodiscard]] constexpr bool leaves_c_for_sums(epilogue_op op) {
  return op != epilogue_op::scale && op != epilogue_op::blend;
}

/// How the store of a product finishes it: an operation and its factors.
template <class T>
struct epilogue {
  epilogue_op op = epilogue_op::store;
  T alpha = 1;
  T beta = 0;
};

/// The operands of one call of a micro-kernel: tiles of C side by side, over one block of k. Deliberately
/// left uninitialised: clearing it would cost as much as the smallest product. Callers set every field,
/// except the strides of sums whose pointer is null.
template <class T>
struct tile {
  std::size_t k;
  const T* a;
  std::size_t a_stride;
  const T* b;  ///< row p of the block starts at b + p * b_stride; for transposed tiles column j at b + j *
               ///< b_stride
  std::size_t b_stride;
  std::size_t b_next;  ///< from the b of a tile to that of its neighbour
  std::size_t count;   ///< number of tiles; 1 if the tile is partial
  std::size_t tail;    ///< columns of a partial tile; unused by the others
  const T* ahead;  ///< read by a later call: the first tile prefetches one cache line of it a step; or null
  std::size_t ahead_stride;

  const T* slice;  ///< sum of the earlier blocks of this slice, or null
  std::size_t slice_stride;
  const T* total;  ///< sum of the earlier slices, or null
  std::size_t total_stride;

  const epilogue<T>* finish;
  const T* bias;  ///< one element a column; any pointer if the epilogue reads no bias
  const T* mask;  ///< one element for each of C; any pointer if the epilogue reads no mask
  std::size_t mask_stride;
  T* c;
  std::size_t c_stride;
  bool fetches_c;  ///< C and the sums may be far away: whole tiles prefetch them before they compute
};

template <class T>
using micro_kernel = void (*)(const tile<T>&);

/// How a micro-kernel finds element (i, p) of its rows of A.
enum class a_layout : std::uint8_t {
  columns,  ///< a[p * a_stride + i]: packed slivers, or a transposed operand read in place
  rows,     ///< a[i * a_stride + p]: an operand read in place
};

inline constexpr std::size_t max_tile_rows = 16;
/// The widths of tiles in vectors, widest first. A tier lacks those whose accumulators do not fit its
/// registers.
inline constexpr std::array<std::size_t, 5> tile_widths{8, 4, 3, 2, 1};
/// [v]: the place in `tile_widths` of the widest tile of at most v vectors.
inline constexpr std::array<std::uint8_t, tile_widths.front() + 1> width_index{4, 4, 3, 2, 1, 1, 1, 1, 0};

/// [v]: rows of the register tile of v vectors across where C is taller than one tile; 0 if that width is not
/// used then.
using rows_by_vectors = std::array<std::uint8_t, tile_widths.front() + 1>;

/// Tiles of 1 … width - 1 columns, for one layout of A, by rows - 1.
template <class T>
struct partial_tiles {
  std::array<micro_kernel<T>, max_tile_rows> plain;
  /// For a transposed B that is read in place.
  std::array<micro_kernel<T>, max_tile_rows> transposed;
};

/// Tiles of 1 … width / 2 columns, in vectors of half the width, by a_layout.
template <class T>
using half_tiles = std::array<partial_tiles<T>, 2>;

/// The micro-kernels of one layout of A, by rows - 1.
template <class T>
struct micro_kernels {
  /// [i][rows - 1]: tiles of tile_widths[i] whole vectors; null if they do not fit the registers.
  std::array<std::array<micro_kernel<T>, max_tile_rows>, tile_widths.size()> full;
  /// [rows - 1]: vectors across the widest tile that exists.
  std::array<std::uint8_t, max_tile_rows> widest;
  /// [rows - 1]: that tile, for a B which is read once and does not come from a near cache.
  std::array<micro_kernel<T>, max_tile_rows> read_once;
  partial_tiles<T> partial;
  /// An entry of `half_tiles`, or null.
  const partial_tiles<T>* half;
  /// [rows - 1]: tiles of two vectors and of one, for a transposed B that is read in place. The pair is null
  /// if single vectors are as fast.
  std::array<micro_kernel<T>, max_tile_rows> transposed_pair;
  std::array<micro_kernel<T>, max_tile_rows> transposed;

  /// For the columns behind the last whole vector.
  [[nodiscard, gnu::always_inline]] inline const partial_tiles<T>& partial_for(std::size_t columns,
                                                                               std::size_t width) const {
    return half != nullptr && 2 * columns <= width ? *half : partial;
  }
};

}  // namespace twinpath::inline v0::detail
