// SPDX-License-Identifier: MIT
// Softmax by rows and its cross-entropy.
#pragma once

#include <cstdint>
#include <span>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// P(i, :) = exp(Z(i, :) - max) / sum of the same: each row becomes probabilities.
///
/// Shapes: Z and P are m x n. Bits: `contract::softmax_row`. A row with a NaN or +Inf becomes NaN.
/// Overlap: P may be exactly Z; every other overlap throws. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when the shapes differ or the views overlap partly.
void softmax(matrix_view<const float> Z, matrix_view<float> P);
/// The same in double.
void softmax(matrix_view<const double> Z, matrix_view<double> P);

/// The cross-entropy of softmax(Z) with the targets Y, and its gradient dZ, in one pass over Z.
///
/// The loss of a row is sum over j of Y(i, j) * (log(sum of exp(Z(i, :) - max)) - (Z(i, j) - max)),
/// taken over the targets that are not 0; so a probability of 0 alone gives no infinity. Soft targets need
/// not sum to 1: the gradient is softmax(Z) * sum(Y(i, :)) - Y, which is softmax(Z) - Y when they do.
/// `reduction::mean` divides the sum of the rows' losses, and dZ, by the number of rows m.
///
/// Shapes: Z, Y and dZ are m x n. Returns the loss, in nats. Bits: `contract::softmax_cross_entropy`.
/// Overlap: dZ may be exactly Z or exactly Y; every other overlap throws. Thread safety and parallelism as
/// for `gemm`. Throws std::invalid_argument when shapes differ, views overlap partly, the mean of no row is
/// asked for, or the reduction is no enumerator.
float softmax_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how = reduction::mean);
/// The same in double.
double softmax_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how = reduction::mean);

/// The same with one class index a row: the bits are those of the one-hot Y.
///
/// Shapes: Z and dZ are m x n, classes has m elements in 0 … n-1.
/// Throws std::invalid_argument, before anything is written, when a class is out of range; otherwise as
/// above.
float softmax_cross_entropy(matrix_view<const float> Z, std::span<const std::int32_t> classes,
                            matrix_view<float> dZ, reduction how = reduction::mean);
/// The same in double.
double softmax_cross_entropy(matrix_view<const double> Z, std::span<const std::int32_t> classes,
                             matrix_view<double> dZ, reduction how = reduction::mean);

}  // namespace twinpath::inline v0
