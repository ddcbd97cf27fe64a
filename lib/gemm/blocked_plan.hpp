// SPDX-License-Identifier: MIT
// How a product is computed: what is packed, how C is cut into tasks, how much scratch memory that needs.
// Nothing here changes a bit of the result.
#pragma once

#include <cstddef>

#include <twinpath/contract.hpp>

#include "kernels/kernel_table.hpp"
#include "runtime/cache.hpp"
#include "runtime/task_work.hpp"

namespace twinpath::inline v0::detail {

/// C (m x n) = op(A) (m x k) * op(B) (k x n).
struct product_shape {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  bool a_transposed = false;
  bool b_transposed = false;
  // Rows of the operand, as it lies in memory, fall on the same few sets of the caches.
  bool a_aliases = false;
  bool b_aliases = false;
  // Vectors of B's rows lie across two cache lines.
  bool b_straddles = false;
};

[[nodiscard]] constexpr double multiply_adds(const product_shape& s) noexcept {
  return static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
}

/// How many of `threads` a product is worth. Storing an element of C takes as long as some multiply-adds, and
/// one or two rows or columns wait for the elements of the other operand.
[[nodiscard]] constexpr std::size_t product_workers(product_shape s, std::size_t threads) noexcept {
  s.k = s.k < 3 ? 3 : s.k;
  s.m = s.m < 3 ? 3 : s.m;
  s.n = s.n < 3 ? 3 : s.n;
  return useful_workers(multiply_adds(s), task_work, threads);
}

/// How the blocked path computes a product.
struct product_plan {
  product_shape shape;
  std::size_t width = 0;          ///< elements in a vector
  std::size_t tile_vectors = 0;   ///< vectors across the register tile
  std::size_t tile_rows = 0;      ///< most rows of the register tile
  std::size_t strip_rows = 0;     ///< rows of one tile; of a transposed A the whole cache lines around it
  bool pack_a = false;            ///< else op(A) is read in place
  bool keep_a = false;            ///< packed A is kept for all blocks of columns, which are one task
  bool pack_b = false;            ///< else B is read in place
  bool sums_in_c = false;         ///< C itself holds the sums of earlier blocks of k
  bool by_strips = false;         ///< all of k for a strip of rows, then the next strip
  bool slices_apart = false;      ///< the slices of k are tasks of their own and are added at the end
  std::size_t row_blocks = 1;     ///< C's rows are cut into so many
  std::size_t column_blocks = 1;  ///< C's columns are cut into so many
  std::size_t workers = 1;        ///< tasks that may run at the same time

  // Scratch memory, in elements, for each worker.
  std::size_t gap = 0;         ///< unused
  std::size_t packed_b = 0;    ///< a block of k, or all of it, for the columns of a block of C
  std::size_t packed_a = 0;    ///< a block of k for one strip of rows, or for all of a block of C
  std::size_t total_sums = 0;  ///< sums so far where C cannot hold them
  std::size_t slice_sums = 0;  ///< sums of the blocks of a slice
  // For all.
  std::size_t apart_sums = 0;  ///< C once for each slice, when the slices are tasks
  [[nodiscard]] std::size_t worker_scratch() const noexcept {
    return gap + packed_b + packed_a + total_sums + slice_sums;
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return apart_sums + workers * worker_scratch(); }

  /// Rows and columns of the largest block of C.
  [[nodiscard]] std::size_t block_rows() const noexcept { return divide_up(shape.m, row_blocks); }
  [[nodiscard]] std::size_t block_columns() const noexcept {
    return divide_up(divide_up(shape.n, width), column_blocks) * width;
  }
  /// Columns of the sums that C does not hold: those of a task.
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

/// How the narrow path computes a product.
struct narrow_plan {
  product_shape shape;
  // C is cut into blocks of so many rows, a multiple of the vector's width, and columns.
  std::size_t block_rows = 0;
  std::size_t block_columns = 0;
  std::size_t workers = 1;
  // Scratch memory, in elements, for each worker.
  std::size_t gap = 0;    ///< unused
  std::size_t sums = 0;   ///< the transposed block
  std::size_t inner = 0;  ///< what its product needs
  [[nodiscard]] std::size_t row_blocks() const noexcept { return divide_up(shape.m, block_rows); }
  [[nodiscard]] std::size_t column_blocks() const noexcept { return divide_up(shape.n, block_columns); }
  [[nodiscard]] std::size_t worker_scratch() const noexcept { return gap + sums + inner; }
  [[nodiscard]] std::size_t scratch() const noexcept { return workers * worker_scratch(); }
};

/// The plan for a product on a tier whose result is finished by `end`, for at most so many threads.
template <class T>
[[nodiscard]] product_plan plan_product(const kernel_table<T>& table, const product_shape& shape,
                                        epilogue_op op, std::size_t threads);

/// Sets the sizes of scratch memory from the other fields. A plan may be changed before that, as long as no
/// block of C is empty, tiles of that size exist, a transposed B is packed where there are several tiles of
/// rows, and C holds no sums where the result needs its old elements.
template <class T>
void size_scratch(product_plan& plan);

}  // namespace twinpath::inline v0::detail
