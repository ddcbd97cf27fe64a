// SPDX-License-Identifier: MIT
// The arithmetic contract: sums.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0::contract {

/// Rows in one chain of a column sum.
inline constexpr std::size_t sum_rows = 32;
/// Lanes of a row sum.
template <class T>
inline constexpr std::size_t sum_lanes = std::is_same_v<T, float> ? 64 : 32;

/// twinpath::column_sums, one column.
template <class T>
[[nodiscard]] T column_sum(matrix_view<const T> X, std::size_t j) {
  T total = 0;
  for (std::size_t first = 0; first < X.rows(); first += sum_rows) {
    T chain = 0;
    for (std::size_t i = first; i < std::min(X.rows(), first + sum_rows); ++i) chain = chain + X(i, j);
    total = total + chain;
  }
  return total;
}

/// twinpath::column_sums.
template <class T>
void column_sums(matrix_view<const T> X, std::span<T> out) {
  for (std::size_t j = 0; j < X.cols(); ++j) out[j] = column_sum(X, j);
}

/// The tree of a row sum: the upper half of the lanes is added to the lower half.
template <class T>
[[nodiscard]] T fold_lanes(T (&lanes)[sum_lanes<T>]) {
  for (std::size_t half = sum_lanes<T> / 2; half != 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) lanes[l] = lanes[l] + lanes[l + half];
  }
  return lanes[0];
}

/// twinpath::row_sums, one row.
template <class T>
[[nodiscard]] T row_sum(std::span<const T> x) {
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < x.size(); ++j) lanes[j % sum_lanes<T>] = lanes[j % sum_lanes<T>] + x[j];
  return fold_lanes(lanes);
}

/// twinpath::sum: the column sum of the row sums.
template <class T>
[[nodiscard]] T sum(matrix_view<const T> X) {
  std::vector<T> rows(X.rows());
  for (std::size_t i = 0; i < X.rows(); ++i) rows[i] = row_sum<T>(X.row(i));
  return column_sum(matrix_view<const T>(rows.data(), rows.size(), 1), 0);
}

}  // namespace twinpath::inline v0::contract
