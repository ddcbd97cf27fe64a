// SPDX-License-Identifier: MIT
// A dense layer: the way forward, and the two independent paths back.
#pragma once

#include <span>
#include <twinpath/activation.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// How the two backward paths are run. The bits are the same for all.
enum class schedule {
  sequential,  ///< one path after the other; each operation may be parallel inside
  concurrent,  ///< the two paths of a layer as sibling tasks
  row_blocks,  ///< tasks take blocks of rows from Z1 to dZ1, then tasks take rows of all dW; `sequential` for
               ///< a layer on its own
  automatic,   ///< whatever the cost model expects to be fastest
};

/// A = f(X*W + b); bias and activation are applied while the product is in registers or the nearest cache. Z,
/// where it is given, keeps X*W + b: the backprop path wants that of activations for which `keeps_scores`.
///
/// Shapes: X is m x k, W is k x n, b has n elements, A and Z are m x n; Z may be left out.
/// Bits: `contract::dense_forward`; row i does not depend on the other rows of the batch.
/// Overlap: A and Z must share no element with each other or the inputs. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument when shapes do not fit, A or Z overlaps another operand, or f is no
/// enumerator.
void dense_forward(matrix_view<const float> X, matrix_view<const float> W, std::span<const float> b,
                   activation f, matrix_view<float> A, matrix_view<float> Z = {});
/// The same in double.
void dense_forward(matrix_view<const double> X, matrix_view<const double> W, std::span<const double> b,
                   activation f, matrix_view<double> A, matrix_view<double> Z = {});

/// The parameter path: dW = A^T * dZ and db = column sums of dZ.
///
/// Shapes: A is m x k (the layer's input), dZ is m x n, dW is k x n, db has n elements.
/// Bits: `contract::gemm` and `contract::column_sums`.
/// Overlap: dW and db share no element with each other or an input. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument when shapes do not fit or an output overlaps, and std::bad_alloc,
/// when dW may be written already.
void parameter_path(matrix_view<const float> A, matrix_view<const float> dZ, matrix_view<float> dW,
                    std::span<float> db);
/// The same in double.
void parameter_path(matrix_view<const double> A, matrix_view<const double> dZ, matrix_view<double> dW,
                    std::span<double> db);

/// The backprop path: dZ_below = (dZ * W^T) ⊙ f'(Z), where f made A = f(Z) in the layer below. The derivative
/// is applied while the product is in registers or the nearest cache; that of ReLU is a selection, A > 0.
///
/// Shapes: dZ is m x n, W is k x n, `kept` and dZ_below are m x k. `kept` is A, or Z for activations for
/// which `keeps_scores`. Bits: `contract::backprop_path`. Overlap: dZ_below must share no element with the
/// inputs. Thread safety and parallelism as for `gemm`. Throws std::invalid_argument when shapes do not fit,
/// dZ_below overlaps, or f is no enumerator.
void backprop_path(matrix_view<const float> dZ, matrix_view<const float> W, matrix_view<const float> kept,
                   matrix_view<float> dZ_below, activation f = activation::relu);
/// The same in double.
void backprop_path(matrix_view<const double> dZ, matrix_view<const double> W, matrix_view<const double> kept,
                   matrix_view<double> dZ_below, activation f = activation::relu);

/// Both backward paths of one layer: dW, db and dZ_below from A, dZ and W.
///
/// Neither path needs the other, so `schedule::concurrent` runs them as two sibling tasks.
/// Shapes as for `parameter_path` and `backprop_path`. Z, of the shape of A, is for activations for which
/// `keeps_scores`; others do not read it. Bits: the same under every schedule.
/// Overlap: the outputs share no element with each other or an input. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument, before anything is written, when shapes do not fit, an output
/// overlaps, or an option is no enumerator; and std::bad_alloc, when some of the outputs may be written
/// already.
void backward(schedule how, matrix_view<const float> A, matrix_view<const float> dZ,
              matrix_view<const float> W, matrix_view<float> dW, std::span<float> db,
              matrix_view<float> dZ_below, activation f = activation::relu, matrix_view<const float> Z = {});
/// The same in double.
void backward(schedule how, matrix_view<const double> A, matrix_view<const double> dZ,
              matrix_view<const double> W, matrix_view<double> dW, std::span<double> db,
              matrix_view<double> dZ_below, activation f = activation::relu,
              matrix_view<const double> Z = {});

}  // namespace twinpath::inline v0
