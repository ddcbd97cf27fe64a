// SPDX-License-Identifier: MIT
// Operations over the rows of a batch, without the checks of the public functions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include <twinpath/contract/losses.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

#include "kernels/kernel_table.hpp"
#include "runtime/parallel.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// Calls body(first, last) for parts of the rows 0 … rows - 1 on different threads, or once for all rows if
/// they are too few bytes to share. A part has at least one row.
template <class Body>
void for_row_parts(std::size_t rows, std::size_t bytes_per_row, const Body& body) {
  std::size_t workers = 1;
  const double bytes = static_cast<double>(rows) * static_cast<double>(bytes_per_row);
  if (rows > 1 && bytes >= 2 * task_bytes) {
    workers = useful_workers(bytes, task_bytes, std::min(rows, concurrency()));
  }
  if (workers == 1) return body(std::size_t{0}, rows);
  isolated([&] {
    run_workers(workers, [&](std::size_t w) { body(rows * w / workers, rows * (w + 1) / workers); });
  });
}

/// Calls body(begin, end) for parts of the elements 0 … size - 1, cut at multiples of a fixed number of them.
template <class Body>
void for_element_parts(std::size_t size, std::size_t bytes_per_element, const Body& body) {
  constexpr std::size_t piece = 4096;
  const std::size_t pieces = (size + piece - 1) / piece;
  for_row_parts(pieces, piece * bytes_per_element, [&](std::size_t first, std::size_t last) {
    body(first * piece, std::min(size, last * piece));
  });
}

/// Elements whose reading costs as much as an exponential.
inline constexpr std::size_t exponential_cost = 4;

/// One-hot or soft targets, or class indices.
template <class T>
struct targets {
  matrix_view<const T> soft;
  std::span<const std::int32_t> classes;
  bool by_class = false;
};

/// Elements of scratch memory that `column_sums` needs for a matrix of rows x cols.
template <class T>
[[nodiscard]] std::size_t column_sums_scratch(std::size_t rows, std::size_t cols);

/// With scratch memory of the caller, which may be a task on a thread without any.
template <class T>
void column_sums(matrix_view<const T> X, T* out, T* scratch, span_label label);

/// With scratch memory of the calling thread.
template <class T>
void column_sums(matrix_view<const T> X, T* out, span_label label);

template <class T>
void softmax(matrix_view<const T> Z, matrix_view<T> P);

/// The loss, and dZ. Class indices are for softmax cross-entropy alone.
template <class T>
T loss_and_error(loss which, matrix_view<const T> Z, const targets<T>& y, matrix_view<T> dZ, reduction how,
                 span_label label);

/// The losses of all rows of Z, and their dZ times `scale`, on the calling thread. The targets of Z's first
/// row are those of row `first`.
template <class T>
void loss_rows(const kernel_table<T>& table, loss which, const matrix_view<const T>& Z, const targets<T>& y,
               std::size_t first, const matrix_view<T>& dZ, T scale, T* losses);

/// The divisor of the sum of the losses of all rows.
[[nodiscard]] constexpr std::size_t loss_divisor(loss which, reduction how, std::size_t rows,
                                                 std::size_t cols) noexcept {
  return how == reduction::mean ? contract::mean_divisor(which, rows, cols) : 1;
}

/// The loss of a batch from those of its rows, with `loss_scratch` elements of 64-byte aligned scratch
/// memory.
template <class T>
[[nodiscard]] T fold_losses(const kernel_table<T>& table, const T* losses, std::size_t rows,
                            std::size_t divisor, T* scratch);
[[nodiscard]] constexpr std::size_t loss_scratch(std::size_t rows) noexcept {
  return rows + rows / contract::sum_rows + 64;
}

/// Throws std::invalid_argument for a mean over no rows or columns.
void check_mean(std::string_view function, loss which, reduction how, std::size_t rows, std::size_t cols);

/// Throws std::invalid_argument when a class is not below `count`.
void check_classes(std::string_view function, std::span<const std::int32_t> classes, std::size_t count);

}  // namespace twinpath::inline v0::detail
