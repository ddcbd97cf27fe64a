// SPDX-License-Identifier: MIT
// The arithmetic contract: losses and their gradients dZ.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <twinpath/contract/activations.hpp>
#include <twinpath/contract/elementary.hpp>
#include <twinpath/contract/sums.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0::contract {

/// The largest element, ignoring NaN; -Inf if there is no other.
template <class T>
[[nodiscard]] T row_maximum(std::span<const T> z) {
  T largest = -std::numeric_limits<T>::infinity();
  for (const T x : z) largest = x > largest ? x : largest;
  return largest;
}

/// twinpath::softmax, one row: p = exp(z - max) * (1 / sum). Returns log(sum of exp(z - max)).
template <class Arithmetic = fused, class T>
T softmax_row(std::span<const T> z, std::span<T> p) {
  const T largest = row_maximum(z);
  for (std::size_t j = 0; j < z.size(); ++j) p[j] = exp<Arithmetic, T>(z[j] - largest);
  const T total = row_sum<T>(p);
  const T inverse = T(1) / total;
  for (T& x : p) x = x * inverse;
  return log<Arithmetic, T>(total);
}

/// twinpath::softmax_cross_entropy, one row: returns the loss of the row, before a division by m, and fills
/// dz, times `scale`. The loss is a row sum whose lanes add fma(y, log(sum) - (z - max), lane), targets of 0
/// skipped.
template <class Arithmetic = fused, class T>
[[nodiscard]] T cross_entropy_row(std::span<const T> z, std::span<const T> y, std::span<T> dz, T scale) {
  std::vector<T> p(z.size());
  const T largest = row_maximum(z);
  const T log_total = softmax_row<Arithmetic, T>(z, p);
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < z.size(); ++j) {
    T& lane = lanes[j % sum_lanes<T>];
    if (y[j] != 0) lane = Arithmetic::multiply_add(y[j], log_total - (z[j] - largest), lane);
  }
  const T targets = row_sum<T>(y);
  for (std::size_t j = 0; j < z.size(); ++j) {
    dz[j] = Arithmetic::multiply_add(p[j], targets, T(0) - y[j]) * scale;
  }
  return fold_lanes(lanes);
}

/// twinpath::sigmoid_cross_entropy, one row. The loss is a row sum whose lanes add (max(z, 0) - z*y) +
/// log(1 + exp(-|z|)). Of a score on the side of its target the first part is 0, also if the score is
/// infinite; of other infinite scores it is infinite.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sigmoid_cross_entropy_row(std::span<const T> z, std::span<const T> y, std::span<T> dz,
                                          T scale) {
  std::vector<T> losses(z.size());
  for (std::size_t j = 0; j < z.size(); ++j) {
    const T e = exp<Arithmetic, T>(-std::abs(z[j]));
    const T s = y[j] == (z[j] > 0 ? T(1) : T(0)) ? T(0) : z[j];
    const T factor = s == std::numeric_limits<T>::infinity() ? T(0) : s;
    losses[j] = Arithmetic::multiply_add(-factor, y[j], relu(s)) + log1p<Arithmetic, T>(e);
    dz[j] = (sigmoid<Arithmetic, T>(z[j]) - y[j]) * scale;
  }
  return row_sum<T>(losses);
}

/// twinpath::mean_squared_error, one row: returns the sum of the squares and fills dz with scale * (z - y).
/// The loss is a row sum whose lanes add fma(d, d, lane).
template <class Arithmetic = fused, class T>
[[nodiscard]] T squared_error_row(std::span<const T> z, std::span<const T> y, std::span<T> dz, T scale) {
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < z.size(); ++j) {
    const T d = z[j] - y[j];
    T& lane = lanes[j % sum_lanes<T>];
    lane = Arithmetic::multiply_add(d, d, lane);
    dz[j] = d * scale;
  }
  return fold_lanes(lanes);
}

/// The divisor of the mean: the number of rows, or of elements.
[[nodiscard]] constexpr std::size_t mean_divisor(loss which, std::size_t rows, std::size_t cols) noexcept {
  return detail::option_row(which).mean_over_rows ? rows : rows * cols;
}

/// The scale of dZ: 1, or for the mean the rounded 1 / divisor; twice that for the squared error.
template <class T>
[[nodiscard]] T error_scale(loss which, reduction how, std::size_t rows, std::size_t cols) noexcept {
  const T scale = how == reduction::mean ? T(1) / T(mean_divisor(which, rows, cols)) : T(1);
  return which == loss::mean_squared_error ? T(2) * scale : scale;
}

/// The loss of one row before the reduction; its gradient, times `scale`, goes to dz.
template <class Arithmetic = fused, class T>
[[nodiscard]] T loss_row(loss which, std::span<const T> z, std::span<const T> y, std::span<T> dz, T scale) {
  switch (which) {
    case loss::softmax_cross_entropy:
      return cross_entropy_row<Arithmetic, T>(z, y, dz, scale);
    case loss::sigmoid_cross_entropy:
      return sigmoid_cross_entropy_row<Arithmetic, T>(z, y, dz, scale);
    case loss::mean_squared_error:
      break;
  }
  return squared_error_row<Arithmetic, T>(z, y, dz, scale);
}

/// All losses: the column sum of the row losses, which the mean divides.
template <class Arithmetic = fused, class T>
[[nodiscard]] T loss_and_error(loss which, matrix_view<const T> Z, matrix_view<const T> Y, matrix_view<T> dZ,
                               reduction how) {
  const T scale = error_scale<T>(which, how, Z.rows(), Z.cols());
  std::vector<T> losses(Z.rows());
  for (std::size_t i = 0; i < Z.rows(); ++i) {
    losses[i] = loss_row<Arithmetic, T>(which, Z.row(i), Y.row(i), dZ.row(i), scale);
  }
  const T total = column_sum(matrix_view<const T>(losses.data(), losses.size(), 1), 0);
  return how == reduction::mean ? total / T(mean_divisor(which, Z.rows(), Z.cols())) : total;
}

/// twinpath::softmax_cross_entropy.
template <class Arithmetic = fused, class T>
[[nodiscard]] T softmax_cross_entropy(matrix_view<const T> Z, matrix_view<const T> Y, matrix_view<T> dZ,
                                      reduction how) {
  return loss_and_error<Arithmetic, T>(loss::softmax_cross_entropy, Z, Y, dZ, how);
}
/// twinpath::sigmoid_cross_entropy.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sigmoid_cross_entropy(matrix_view<const T> Z, matrix_view<const T> Y, matrix_view<T> dZ,
                                      reduction how) {
  return loss_and_error<Arithmetic, T>(loss::sigmoid_cross_entropy, Z, Y, dZ, how);
}
/// twinpath::mean_squared_error.
template <class Arithmetic = fused, class T>
[[nodiscard]] T mean_squared_error(matrix_view<const T> Z, matrix_view<const T> Y, matrix_view<T> dZ,
                                   reduction how) {
  return loss_and_error<Arithmetic, T>(loss::mean_squared_error, Z, Y, dZ, how);
}

}  // namespace twinpath::inline v0::contract
