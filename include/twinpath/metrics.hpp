// SPDX-License-Identifier: MIT
// How good predictions are.
#pragma once

#include <cstdint>
#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// The share of rows, 0 to 1, whose largest element stands at the row's class. The first of equal elements
/// counts as the largest, and a row whose elements are all NaN as wrong.
///
/// Shapes: P is m x n (probabilities or scores), classes has m elements.
/// Throws std::invalid_argument when the sizes differ, there is no row, or a class is out of range. Thread
/// safe.
[[nodiscard]] double accuracy(matrix_view<const float> P, std::span<const std::int32_t> classes);
/// The same in double.
[[nodiscard]] double accuracy(matrix_view<const double> P, std::span<const std::int32_t> classes);

}  // namespace twinpath::inline v0
