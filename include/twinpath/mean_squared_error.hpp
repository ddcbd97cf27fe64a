// SPDX-License-Identifier: MIT
// The squared distance of predictions from their targets.
#pragma once

#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// The squared error of Z (PyTorch's MSELoss) and its gradient dZ, in one pass over Z:
///
///   L  = sum over all (i, j) of (Z - Y)^2
///   dZ = 2 * (Z - Y)
///
/// `reduction::mean` divides both by the number of elements m * n.
///
/// Shapes: Z, Y and dZ are m x n. Returns the loss. Bits: `contract::mean_squared_error`.
/// Overlap: dZ may be exactly Z or exactly Y; every other overlap throws. Thread safety and parallelism as
/// for `gemm`. Throws std::invalid_argument when shapes differ, views overlap partly, the mean of no element
/// is asked for, or the reduction is no enumerator.
float mean_squared_error(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                         reduction how = reduction::mean);
/// The same in double.
double mean_squared_error(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                          reduction how = reduction::mean);

}  // namespace twinpath::inline v0
