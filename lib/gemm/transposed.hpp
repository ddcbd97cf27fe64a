// SPDX-License-Identifier: MIT
// The transposed path: the transpose of C is computed, and transposed back in the store.
//
//   C^T (n x m) = op(B)^T (n x k) * op(A)^T (k x m)
//
// It serves a C with so few columns that most lanes of a vector along a row of C would idle: vectors run
// along the columns of C instead. And it serves few rows of A * B^T: a small A is transposed in place of a
// large B.
#pragma once

#include <cstddef>
#include <optional>

#include "gemm/product.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

struct transposed_plan {
  product_shape shape;
  // Rows and columns of the largest block of C; the rows are a multiple of the vector's width.
  std::size_t block_rows = 0;
  std::size_t block_columns = 0;
  std::size_t workers = 1;
  // Scratch memory, in elements, for each worker.
  std::size_t gap = 0;    ///< unused
  std::size_t sums = 0;   ///< the transposed block
  std::size_t inner = 0;  ///< scratch memory of the transposed product
  [[nodiscard]] std::size_t row_blocks() const noexcept { return divide_up(shape.m, block_rows); }
  [[nodiscard]] std::size_t column_blocks() const noexcept { return divide_up(shape.n, block_columns); }
  [[nodiscard]] std::size_t worker_scratch() const noexcept { return gap + sums + inner; }
  [[nodiscard]] std::size_t scratch() const noexcept { return workers * worker_scratch(); }
};

/// The plan for at most `threads` threads. `forced_workers` is for tests: as many workers as it says,
/// whatever the work.
template <class T>
[[nodiscard]] transposed_plan plan_transposed(const kernel_table<T>& table, const product_shape& shape,
                                              std::size_t threads,
                                              std::optional<std::size_t> forced_workers = {});

/// Computes as planned, with `plan.scratch()` elements of 64-byte aligned scratch memory.
template <class T>
void run_transposed(const kernel_table<T>& table, const transposed_plan& plan, const product<T>& x,
                    T* scratch, span_label label);

}  // namespace twinpath::inline v0::detail
