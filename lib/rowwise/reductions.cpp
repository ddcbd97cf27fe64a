// SPDX-License-Identifier: MIT
#include <twinpath/reductions.hpp>

#include <algorithm>

#include <twinpath/contract/sums.hpp>

#include "kernels/kernel_table.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/checks.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

constexpr std::size_t sum_rows = contract::sum_rows;
/// Fewest columns of a task: with fewer, a thread would read too little of each row.
constexpr std::size_t least_columns = 64;

template <class T>
double bytes_of(std::size_t rows, std::size_t cols) {
  return static_cast<double>(rows) * static_cast<double>(cols) * sizeof(T);
}

std::size_t blocks_of(std::size_t rows) {
  return (rows + sum_rows - 1) / sum_rows;
}

/// Each task sums whole columns.
template <class T>
void sum_by_columns(matrix_view<const T> X, T* out, std::size_t workers, span_label label) {
  const std::size_t n = X.cols();
  run_workers(workers, [&](std::size_t w) {
    const span_scope span(label);
    const std::size_t first = n * w / workers;
    const std::size_t last = n * (w + 1) / workers;
    kernels<T>().column_sums(X.data() + first, X.stride(), X.rows(), last - first, out + first);
  });
}

/// Each task computes the chains of whole blocks of rows; they are added in order afterwards.
template <class T>
void sum_by_rows(matrix_view<const T> X, T* out, std::size_t workers, T* chains, span_label label) {
  const kernel_table<T>& table = kernels<T>();
  const std::size_t n = X.cols();
  const std::size_t blocks = blocks_of(X.rows());
  run_workers(workers, [&](std::size_t w) {
    const span_scope span(label);
    for (std::size_t b = blocks * w / workers; b < blocks * (w + 1) / workers; ++b) {
      const std::size_t rows = std::min(sum_rows, X.rows() - b * sum_rows);
      table.column_chain(X.row(b * sum_rows).data(), X.stride(), rows, n, chains + b * n);
    }
  });
  std::fill_n(out, n, T(0));
  for (std::size_t b = 0; b < blocks; ++b) table.add(chains + b * n, out, n);
}

template <class T>
T sum_of(matrix_view<const T> X) {
  if (X.empty()) return T(0);
  scratch_frame scratch;
  T* rows = scratch.allocate<T>(X.rows());
  for_row_parts(X.rows(), X.cols() * sizeof(T), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) rows[i] = kernels<T>().row_sum(X.row(i).data(), X.cols());
  });
  T total;
  kernels<T>().column_sums(rows, 1, X.rows(), 1, &total);
  return total;
}

template <class T>
void checked_column_sums(matrix_view<const T> X, std::span<T> out) {
  check_size("column_sums", "out", out, X.cols());
  check_disjoint("column_sums", "out", out, "X", X);
  column_sums(X, out.data(), {"column_sums"});
}

template <class T>
void checked_row_sums(matrix_view<const T> X, std::span<T> out) {
  check_size("row_sums", "out", out, X.rows());
  check_disjoint("row_sums", "out", out, "X", X);
  for_row_parts(X.rows(), X.cols() * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span({"row_sums"});
    for (std::size_t i = first; i < last; ++i) out[i] = kernels<T>().row_sum(X.row(i).data(), X.cols());
  });
}

}  // namespace

template <class T>
std::size_t column_sums_scratch(std::size_t rows, std::size_t cols) {
  return bytes_of<T>(rows, cols) < 2 * task_bytes ? 0 : blocks_of(rows) * cols;
}

template <class T>
void column_sums(matrix_view<const T> X, T* out, T* scratch, span_label label) {
  const double bytes = bytes_of<T>(X.rows(), X.cols());
  const std::size_t workers = bytes < 2 * task_bytes ? 1 : useful_workers(bytes, task_bytes, concurrency());
  if (workers == 1) {
    const span_scope span(label);
    return kernels<T>().column_sums(X.data(), X.stride(), X.rows(), X.cols(), out);
  }
  if (X.cols() >= workers * least_columns) return sum_by_columns(X, out, workers, label);
  sum_by_rows(X, out, std::min(workers, blocks_of(X.rows())), scratch, label);
}

template <class T>
void column_sums(matrix_view<const T> X, T* out, span_label label) {
  scratch_frame scratch;
  const std::size_t elements = column_sums_scratch<T>(X.rows(), X.cols());
  if (elements == 0) return column_sums<T>(X, out, nullptr, label);
  T* memory = scratch.allocate<T>(elements);
  isolated([&] { column_sums(X, out, memory, label); });
}

template std::size_t column_sums_scratch<float>(std::size_t, std::size_t);
template std::size_t column_sums_scratch<double>(std::size_t, std::size_t);
template void column_sums(matrix_view<const float>, float*, float*, span_label);
template void column_sums(matrix_view<const double>, double*, double*, span_label);
template void column_sums(matrix_view<const float>, float*, span_label);
template void column_sums(matrix_view<const double>, double*, span_label);

}  // namespace detail

void column_sums(matrix_view<const float> X, std::span<float> out) {
  detail::checked_column_sums(X, out);
}
void column_sums(matrix_view<const double> X, std::span<double> out) {
  detail::checked_column_sums(X, out);
}
void row_sums(matrix_view<const float> X, std::span<float> out) {
  detail::checked_row_sums(X, out);
}
void row_sums(matrix_view<const double> X, std::span<double> out) {
  detail::checked_row_sums(X, out);
}
float sum(matrix_view<const float> X) {
  return detail::sum_of(X);
}
double sum(matrix_view<const double> X) {
  return detail::sum_of(X);
}

}  // namespace twinpath::inline v0
