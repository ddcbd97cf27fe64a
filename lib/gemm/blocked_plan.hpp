// SPDX-License-Identifier: MIT
// How the blocked path computes a product: what it packs, how it cuts C into tasks, how much scratch memory
// it needs. No field of a plan changes a bit of the result.
#pragma once

#include <cstddef>
#include <optional>

#include "gemm/product.hpp"
#include "kernels/kernel_table.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {

struct blocked_plan {
  product_shape shape;
  std::size_t width = 0;          ///< elements in a vector
  std::size_t tile_vectors = 0;   ///< vectors across the register tile
  std::size_t tile_rows = 0;      ///< most rows of the register tile
  std::size_t strip_rows = 0;     ///< rows of one tile; of a transposed A the whole cache lines around it
  bool pack_a = false;            ///< else op(A) is read in place
  bool keep_a = false;            ///< a packed A serves all blocks of columns, which are one task
  bool pack_b = false;            ///< else B is read in place
  bool sums_in_c = false;         ///< C itself holds the sums of earlier blocks of k
  bool by_strips = false;         ///< all of k for a strip of rows, then the next strip
  bool parallel_slices = false;   ///< each slice of k is a task; their sums are added at the end
  std::size_t row_blocks = 1;     ///< blocks that the rows of C are cut into
  std::size_t column_blocks = 1;  ///< blocks that the columns of C are cut into
  std::size_t workers = 1;        ///< tasks that may run at the same time

  // Scratch memory, in elements, for each worker.
  std::size_t gap = 0;         ///< unused
  std::size_t packed_b = 0;    ///< a block of k, or all of it, for the columns of a block of C
  std::size_t packed_a = 0;    ///< a block of k for one strip of rows, or for all of a block of C
  std::size_t total_sums = 0;  ///< the sums so far, if C cannot hold them
  std::size_t slice_sums = 0;  ///< the sums of the blocks of a slice
  // For all workers.
  std::size_t parallel_sums = 0;  ///< C once for each slice, if the slices are tasks
  [[nodiscard]] std::size_t worker_scratch() const noexcept {
    return gap + packed_b + packed_a + total_sums + slice_sums;
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return parallel_sums + workers * worker_scratch(); }

  /// Rows and columns of the largest block of C.
  [[nodiscard]] std::size_t block_rows() const noexcept { return divide_up(shape.m, row_blocks); }
  [[nodiscard]] std::size_t block_columns() const noexcept {
    return divide_up(divide_up(shape.n, width), column_blocks) * width;
  }
  /// Columns of the sums of a task that are kept outside of C.
  [[nodiscard]] std::size_t sum_columns() const noexcept {
    return keep_a ? padded(shape.n) : block_columns();
  }
  /// Columns of B with its last vector filled up.
  [[nodiscard]] std::size_t padded(std::size_t columns) const noexcept { return round_up(columns, width); }
  /// First row and first column of a block of C; the columns are cut between whole vectors.
  [[nodiscard]] std::size_t row(std::size_t block) const noexcept { return shape.m * block / row_blocks; }
  [[nodiscard]] std::size_t column(std::size_t block) const noexcept {
    return block == column_blocks ? shape.n : divide_up(shape.n, width) * block / column_blocks * width;
  }
};

/// The plan for a product with epilogue operation `op`, for at most `threads` threads.
template <class T>
[[nodiscard]] blocked_plan plan_blocked(const kernel_table<T>& table, const product_shape& shape,
                                        epilogue_op op, std::size_t threads);

/// Decisions that tests take in place of the cost model, so that small products reach every way to compute.
/// The model takes those without a value. One that the shape or the epilogue rules out has no effect; counts
/// of blocks are limited to the rows and the vectors of C.
struct blocked_overrides {
  std::optional<bool> pack_a = {};
  std::optional<bool> keep_a = {};
  std::optional<bool> pack_b = {};
  std::optional<bool> sums_in_c = {};
  std::optional<bool> by_strips = {};
  std::optional<bool> parallel_slices = {};
  std::optional<std::size_t> row_blocks = {};
  std::optional<std::size_t> column_blocks = {};
  std::optional<std::size_t> workers = {};
  bool short_tiles = false;  ///< register tiles of half as many rows
};

template <class T>
[[nodiscard]] blocked_plan plan_blocked(const kernel_table<T>& table, const product_shape& shape,
                                        epilogue_op op, std::size_t threads, const blocked_overrides& forced);

}  // namespace twinpath::inline v0::detail
