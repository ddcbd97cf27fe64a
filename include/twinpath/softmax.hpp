// SPDX-License-Identifier: MIT
// Softmax of rows and its cross-entropy.
#pragma once

#include <cstdint>
#include <span>
#include <twinpath/class_indices.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// P(i, j) = exp(Z(i, j) - max) / sum over l of exp(Z(i, l) - max), with max the largest element of row i:
/// the probabilities of each row.
///
/// Shapes: Z and P are m x n.
/// Bits: `contract::softmax_row`. A score of -Inf masks its class: the probability is 0. A row with a NaN or
/// +Inf becomes NaN, and so does a row of which all scores are -Inf: it has no probabilities.
/// Overlap: P may be the same view as Z; any other overlap throws.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if the shapes differ or the views overlap
/// partly.
void softmax(matrix_view<const float> Z, matrix_view<float> P);
/// The same in double.
void softmax(matrix_view<const double> Z, matrix_view<double> P);

/// The cross-entropy of softmax(Z) with the targets Y, and its gradient dZ with respect to Z, in one pass.
///
/// The loss of row i is the sum over j of Y(i, j) * (log(sum over l of exp(Z(i, l) - max)) - (Z(i, j) -
/// max)). Targets of 0 are skipped, so that a probability of 0 does not make the loss infinite by itself.
/// Soft targets need not sum to 1: the gradient is softmax(Z) * sum(Y(i, :)) - Y, which is softmax(Z) - Y if
/// they do; a row of zeros is ignored. Where a score of -Inf masks a class with target 0, dZ is exactly 0. A
/// row that softmax makes NaN has a loss and gradients of NaN. `reduction::mean` divides the loss and dZ by
/// the number of rows m.
///
/// Shapes: Z, Y and dZ are m x n. Returns the loss, in nats.
/// Bits: `contract::softmax_cross_entropy`.
/// Overlap: dZ may be the same view as Z or Y; any other overlap throws.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes differ, views overlap partly, there is
/// no row to take the mean of, or `how` is not an enumerator.
float softmax_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how = reduction::mean);
/// The same in double.
double softmax_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how = reduction::mean);

/// The same with one class index a row. The bits are those of the one-hot Y.
///
/// Shapes: Z and dZ are m x n, classes has m elements in 0 … n-1. classes must be disjoint from dZ.
/// Throws std::invalid_argument also if a class is out of range. Otherwise as above.
float softmax_cross_entropy(matrix_view<const float> Z, const class_indices& classes, matrix_view<float> dZ,
                            reduction how = reduction::mean);
/// The same in double.
double softmax_cross_entropy(matrix_view<const double> Z, const class_indices& classes,
                             matrix_view<double> dZ, reduction how = reduction::mean);

}  // namespace twinpath::inline v0
