// SPDX-License-Identifier: MIT
// The arithmetic contract: the norm of gradients, and clipping by it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>

#include <twinpath/contract/arithmetic.hpp>
#include <twinpath/contract/sums.hpp>

namespace twinpath::inline v0::contract {

/// Elements of a piece, whose squares are one sum.
inline constexpr std::size_t norm_piece = 4096;

/// The sum of the squares of up to norm_piece elements, times scale^2: a row sum whose lanes add
/// fma(s, s, lane) with s = scale * x.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sum_of_squares(std::span<const T> x, T scale = 1) {
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < x.size(); ++j) {
    const T s = scale * x[j];
    T& lane = lanes[j % sum_lanes<T>];
    lane = Arithmetic::multiply_add(s, s, lane);
  }
  return fold_lanes(lanes);
}

/// The sum of the squares of a buffer, times scale^2: the sums of its pieces, added in order.
template <class Arithmetic = fused, class T>
[[nodiscard]] double squares(std::span<const T> x, T scale = 1) {
  double total = 0;
  for (std::size_t i = 0; i < x.size(); i += norm_piece) {
    const std::size_t n = std::min(norm_piece, x.size() - i);
    total = total + double(sum_of_squares<Arithmetic, T>(x.subspan(i, n), scale));
  }
  return total;
}

/// Powers of two for elements whose squares overflow, or are too small to be exact.
template <class T>
struct norm_scales {
  static constexpr bool single = std::is_same_v<T, float>;       ///< float, not double
  static constexpr T down = single ? T(0x1p-100) : T(0x1p-600);  ///< of huge elements
  static constexpr T up = single ? T(0x1p90) : T(0x1p600);       ///< of tiny elements
  static constexpr double least = single ? 0x1p-80 : 0x1p-900;   ///< sum of squares of which no part is lost
};

/// The scale of the elements of a norm, from the sum over all layers of their `squares` with scale 1. If it
/// is not 1, the sum is computed again with it.
template <class T>
[[nodiscard]] T norm_scale(double total) {
  if (total > std::numeric_limits<double>::max()) return norm_scales<T>::down;
  return total < norm_scales<T>::least ? norm_scales<T>::up : T(1);
}

/// The norm, from the sum over all layers of their `squares` with that scale.
template <class T>
[[nodiscard]] double norm(double total, T scale) {
  return std::sqrt(total) / double(scale);
}

/// The factor of mlp::clip_gradients if the norm is above `largest`.
template <class T>
[[nodiscard]] T clip_factor(double largest, double norm) {
  return T(largest / norm);
}

}  // namespace twinpath::inline v0::contract
