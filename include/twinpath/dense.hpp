// SPDX-License-Identifier: MIT
// A dense layer: the forward pass and the two independent backward paths.
#pragma once

#include <span>
#include <twinpath/activation.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// How the backward pass is executed. It changes no bit.
///
/// `sequential` and `concurrent` say whether the backward pass of a layer forks into its two paths, the
/// parameter path (dW and db) and the backprop path (dZ of the layer below). `row_blocks` is a form of a
/// whole training step. `automatic` chooses: for `backward` by a cost model, for a step by time, unless the
/// network's `choice` is fixed. There it chooses among these, on all threads or fewer, and two whole-step
/// forms that cannot be requested: blocks of units, and a fused backward pass that accumulates the dW of all
/// layers block by block.
///
/// Under `automatic`, ordinary layers on several threads mostly run in blocks of rows: the backprop path of a
/// block never waits for a dW, and the dW of all layers follow when all dZ are complete. The two paths of one
/// layer then do not overlap in time; only `concurrent` always forks them. `mlp::describe` names the form of
/// a step, and what was tried.
enum class schedule {
  sequential,  ///< no fork: one path after the other; each operation may use all threads
  concurrent,  ///< a fork, on more than one thread: the two paths of a layer are sibling tasks
  row_blocks,  ///< a whole-step form, data parallel: tasks compute blocks of rows from Z1 to dZ1, then tasks
               ///< compute rows of every dW; `backward`, which has one layer, runs it as `sequential`
  automatic,   ///< the fastest: a form for a step, by time; the fork or none for `backward`, by a model
};

/// The forward pass of a dense layer: A = f(X*W + b). The product's epilogue applies bias and activation.
/// If Z is given it receives the pre-activations X*W + b, which `backprop_path` needs for activations with
/// `keeps_scores(f)`.
///
/// Shapes: X is m x k, W is k x n, b has n elements, A and Z are m x n; `{}` for Z omits it.
/// Bits: `contract::dense_forward`; row i does not depend on the other rows of the batch.
/// Overlap: A and Z must be disjoint from each other and from the inputs.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes do not fit, A or Z overlaps another
/// operand, or f is not an enumerator; and std::bad_alloc.
void dense_forward(matrix_view<const float> X, matrix_view<const float> W, std::span<const float> b,
                   activation f, matrix_view<float> A, matrix_view<float> Z = {});
/// The same in double.
void dense_forward(matrix_view<const double> X, matrix_view<const double> W, std::span<const double> b,
                   activation f, matrix_view<double> A, matrix_view<double> Z = {});

/// The parameter path: dW = A^T * dZ and db = column sums of dZ.
///
/// Shapes: A is m x k (the layer's input), dZ is m x n, dW is k x n, db has n elements.
/// Bits: `contract::gemm` and `contract::column_sums`.
/// Overlap: dW and db must be disjoint from each other and from the inputs.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes do not fit or an output overlaps; and
/// std::bad_alloc, after which dW may be partly written.
void parameter_path(matrix_view<const float> A, matrix_view<const float> dZ, matrix_view<float> dW,
                    std::span<float> db);
/// The same in double.
void parameter_path(matrix_view<const double> A, matrix_view<const double> dZ, matrix_view<double> dW,
                    std::span<double> db);

/// The backprop path: dZ_below = (dZ * W^T) ⊙ f'(Z), the error of the layer below, whose activation is f. The
/// product's epilogue applies the derivative; for ReLU it is a selection by A > 0, not a multiplication.
///
/// Shapes: dZ is m x n, W is k x n, `kept` and dZ_below are m x k. `kept` is the layer below's output A =
/// f(Z), or its pre-activation Z for activations with `keeps_scores(f)`.
/// Bits: `contract::backprop_path`.
/// Overlap: dZ_below must be disjoint from the inputs.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes do not fit, dZ_below overlaps an
/// input, or f is not an enumerator; and std::bad_alloc.
void backprop_path(matrix_view<const float> dZ, matrix_view<const float> W, matrix_view<const float> kept,
                   matrix_view<float> dZ_below, activation f);
/// The same in double.
void backprop_path(matrix_view<const double> dZ, matrix_view<const double> W, matrix_view<const double> kept,
                   matrix_view<double> dZ_below, activation f);

/// Both backward paths of one layer: dW, db and dZ_below from A, dZ and W, where A = f(Z) is the layer's
/// input, made by activation f in the layer below.
///
/// The paths do not depend on each other; `schedule::concurrent` runs them as sibling tasks.
/// Shapes: as `parameter_path` and `backprop_path`. Z, of the shape of A, is required for activations with
/// `keeps_scores(f)` and not read for others.
/// Bits: the same under every schedule.
/// Overlap: the outputs must be disjoint from each other and from the inputs.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if shapes do not fit, an output overlaps, or an
/// option is not an enumerator; and std::bad_alloc, after which outputs may be partly written.
void backward(schedule how, matrix_view<const float> A, matrix_view<const float> dZ,
              matrix_view<const float> W, matrix_view<float> dW, std::span<float> db,
              matrix_view<float> dZ_below, activation f, matrix_view<const float> Z = {});
/// The same in double.
void backward(schedule how, matrix_view<const double> A, matrix_view<const double> dZ,
              matrix_view<const double> W, matrix_view<double> dW, std::span<double> db,
              matrix_view<double> dZ_below, activation f, matrix_view<const double> Z = {});

}  // namespace twinpath::inline v0
