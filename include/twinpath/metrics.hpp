// SPDX-License-Identifier: MIT
// The quality of predictions.
#pragma once

#include <cstdint>
#include <span>

#include <twinpath/class_indices.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// The fraction of rows, from 0 to 1, whose largest element is in the column of the row's class. Of equal
/// elements the first counts as the largest; a row of NaN only counts as wrong.
///
/// Shapes: P is m x n (probabilities or scores), classes has m elements in 0 … n-1.
/// Throws std::invalid_argument if the sizes differ, there is no row, or a class is out of range.
/// Thread safe.
[[nodiscard]] double accuracy(matrix_view<const float> P, const class_indices& classes);
/// The same in double.
[[nodiscard]] double accuracy(matrix_view<const double> P, const class_indices& classes);

}  // namespace twinpath::inline v0
