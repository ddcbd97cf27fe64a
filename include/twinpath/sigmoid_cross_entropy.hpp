// SPDX-License-Identifier: MIT
// Cross-entropy of independent binary labels.
#pragma once

#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// The cross-entropy of the probabilities sigmoid(Z) with the targets Y (PyTorch's BCEWithLogitsLoss), and
/// its gradient dZ with respect to Z, in one pass:
///
///     L  = sum over all (i, j) of max(Z, 0) - Z*Y + log(1 + exp(-|Z|))
///     dZ = sigmoid(Z) - Y
///
/// The loss of an infinite score is 0 if it is on the side of its target (-Inf for 0, +Inf for 1), else +Inf.
///
/// `reduction::mean` divides both by the number of elements m * n. Targets are 0 or 1, or soft
/// labels between them.
///
/// Shapes: Z, Y and dZ are m x n. Returns the loss, in nats.
/// Bits: `contract::sigmoid_cross_entropy`.
/// Overlap: dZ may be the same view as Z or Y; any other overlap throws.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes differ, views overlap partly, there is
/// no element to take the mean of, or `how` is not an enumerator.
float sigmoid_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how = reduction::mean);
/// The same in double.
double sigmoid_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how = reduction::mean);

}  // namespace twinpath::inline v0
