// SPDX-License-Identifier: MIT
// A dense layer: the way forward, and the two independent paths back.
#pragma once

#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// What a dense layer applies to Z = X*W + b.
enum class activation {
  identity,  ///< A = Z
  relu,      ///< A = max(0, Z); the backprop path takes its mask from A, so Z need not be kept
};

/// How the two backward paths are run. The bits are the same for all.
enum class schedule {
  sequential,  ///< one path after the other; each operation may be parallel inside
  concurrent,  ///< the two paths of a layer as sibling tasks
  row_blocks,  ///< tasks take blocks of rows from Z1 to dZ1, then tasks take rows of all dW; `sequential` for
               ///< a layer on its own
  automatic,  ///< whatever the cost model expects to be fastest
};

/// A = activation(X*W + b); bias and activation are applied in the store of the product.
///
/// Shapes: X is m x k, W is k x n, b has n elements, A is m x n.
/// Bits: `contract::dense_forward`; row i does not depend on the other rows of the batch.
/// Overlap: A must share no element with the inputs. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when shapes do not fit or A overlaps an input.
void dense_forward(matrix_view<const float> X, matrix_view<const float> W, std::span<const float> b,
                   activation f, matrix_view<float> A);
/// The same in double.
void dense_forward(matrix_view<const double> X, matrix_view<const double> W, std::span<const double> b,
                   activation f, matrix_view<double> A);

/// The parameter path: dW = A^T * dZ and db = column sums of dZ.
///
/// Shapes: A is m x k (the layer's input), dZ is m x n, dW is k x n, db has n elements.
/// Bits: `contract::gemm` and `contract::column_sums`.
/// Overlap: dW and db share no element with each other or an input. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument when shapes do not fit or an output overlaps.
void parameter_path(matrix_view<const float> A, matrix_view<const float> dZ, matrix_view<float> dW,
                    std::span<float> db);
/// The same in double.
void parameter_path(matrix_view<const double> A, matrix_view<const double> dZ, matrix_view<double> dW,
                    std::span<double> db);

/// The backprop path: dZ_below = (dZ * W^T) masked by A > 0, in the store of the product.
///
/// `f` is the activation that made A in the layer below; for `identity` nothing is masked. The mask is a
/// selection, not a multiplication: where A is not above 0 the result is +0 even if the product is NaN or
/// Inf.
///
/// Shapes: dZ is m x n, W is k x n, A and dZ_below are m x k. Bits: `contract::backprop_path`.
/// Overlap: dZ_below must share no element with the inputs. Thread safety and parallelism as for `gemm`.
/// Throws std::invalid_argument when shapes do not fit or dZ_below overlaps.
void backprop_path(matrix_view<const float> dZ, matrix_view<const float> W, matrix_view<const float> A,
                   matrix_view<float> dZ_below, activation f = activation::relu);
/// The same in double.
void backprop_path(matrix_view<const double> dZ, matrix_view<const double> W, matrix_view<const double> A,
                   matrix_view<double> dZ_below, activation f = activation::relu);

/// Both backward paths of one layer: dW, db and dZ_below from A, dZ and W.
///
/// Neither path needs the other, so `schedule::concurrent` runs them as two sibling tasks.
/// Shapes as for `parameter_path` and `backprop_path`. Bits: the same under every schedule.
/// Overlap: the outputs share no element with each other or an input. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument, before anything is written, when shapes do not fit or an output
/// overlaps.
void backward(schedule how, matrix_view<const float> A, matrix_view<const float> dZ,
              matrix_view<const float> W, matrix_view<float> dW, std::span<float> db,
              matrix_view<float> dZ_below, activation f = activation::relu);
/// The same in double.
void backward(schedule how, matrix_view<const double> A, matrix_view<const double> dZ,
              matrix_view<const double> W, matrix_view<double> dW, std::span<double> db,
              matrix_view<double> dZ_below, activation f = activation::relu);

}  // namespace twinpath::inline v0
