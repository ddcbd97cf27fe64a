// SPDX-License-Identifier: MIT
// The arithmetic contract: the norm of gradients, and clipping by it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <twinpath/contract/arithmetic.hpp>
#include <twinpath/contract/sums.hpp>

namespace twinpath::inline v0::contract {

/// Elements of a piece, whose squares are one sum.
inline constexpr std::size_t norm_piece = 4096;

/// The sum of the squares of up to norm_piece elements: a row sum whose lanes add fma(x, x, lane).
template <class Arithmetic = fused, class T>
[[nodiscard]] T sum_of_squares(std::span<const T> x) {
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < x.size(); ++j) {
    T& lane = lanes[j % sum_lanes<T>];
    lane = Arithmetic::multiply_add(x[j], x[j], lane);
  }
  return fold_lanes(lanes);
}

/// The sum of the squares of a buffer: the sums of its pieces, added in order.
template <class Arithmetic = fused, class T>
[[nodiscard]] double squares(std::span<const T> x) {
  double total = 0;
  for (std::size_t i = 0; i < x.size(); i += norm_piece) {
    const std::size_t n = std::min(norm_piece, x.size() - i);
    total = total + double(sum_of_squares<Arithmetic, T>(x.subspan(i, n)));
  }
  return total;
}

/// The factor of mlp::clip_gradients if the norm, sqrt(sum over the layers of `squares`), is above `largest`.
template <class T>
[[nodiscard]] T clip_factor(double largest, double norm) {
  return T(largest / norm);
}

}  // namespace twinpath::inline v0::contract
