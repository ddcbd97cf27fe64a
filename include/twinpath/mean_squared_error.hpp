// SPDX-License-Identifier: MIT
// The mean squared error.
#pragma once

#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// The squared error of Z (PyTorch's MSELoss) and its gradient dZ with respect to Z, in one pass:
///
///     L  = sum over all (i, j) of (Z - Y)^2
///     dZ = 2 * (Z - Y)
///
/// `reduction::mean` divides both by the number of elements m * n.
///
/// Shapes: Z, Y and dZ are m x n. Returns the loss.
/// Bits: `contract::mean_squared_error`.
/// Overlap: dZ may be the same view as Z or Y; any other overlap throws.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes differ, views overlap partly, there is
/// no element to take the mean of, or `how` is not an enumerator.
float mean_squared_error(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                         reduction how = reduction::mean);
/// The same in double.
double mean_squared_error(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                          reduction how = reduction::mean);

}  // namespace twinpath::inline v0
