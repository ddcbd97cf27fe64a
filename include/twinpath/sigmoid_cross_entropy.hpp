// SPDX-License-Identifier: MIT
// Cross-entropy of independent labels.
#pragma once

#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// The cross-entropy of the probabilities sigmoid(Z) with the targets Y (PyTorch's BCEWithLogitsLoss), and
/// its gradient dZ, in one pass over Z:
///
///   L  = sum over all (i, j) of max(Z, 0) - Z*Y + log(1 + exp(-|Z|))
///   dZ = sigmoid(Z) - Y
///
/// `reduction::mean` divides both by the number of elements m * n. Targets are usually 0 or 1; anything
/// between is a soft label.
///
/// Shapes: Z, Y and dZ are m x n. Returns the loss, in nats. Bits: `contract::sigmoid_cross_entropy`.
/// Overlap: dZ may be exactly Z or exactly Y; every other overlap throws. Thread safety and parallelism as
/// for `gemm`. Throws std::invalid_argument when shapes differ, views overlap partly, the mean of no element
/// is asked for, or the reduction is no enumerator.
float sigmoid_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how = reduction::mean);
/// The same in double.
double sigmoid_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how = reduction::mean);

}  // namespace twinpath::inline v0
