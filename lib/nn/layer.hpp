// SPDX-License-Identifier: MIT
// A dense layer without the checks of the public functions, with its number for the trace.
#pragma once

#include <span>

#include <twinpath/dense.hpp>

#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {

/// A = f(X*W + b)
template <class T>
void forward(matrix_view<const T> X, matrix_view<const T> W, std::span<const T> b, activation f,
             matrix_view<T> A, unsigned layer);

/// Operands of both backward paths of a layer.
template <class T>
struct backward_operands {
  matrix_view<const T> A;   ///< the layer's input
  matrix_view<const T> dZ;  ///< the layer's output error
  matrix_view<const T> W;   ///< not read by the parameter path
  matrix_view<T> dW;
  std::span<T> db;
  matrix_view<T> dZ_below;          ///< not written by the parameter path
  activation f = activation::relu;  ///< the activation that made A
  unsigned layer = 0;               ///< 0 for a layer on its own
};

/// dW = A^T * dZ; db = column sums of dZ
template <class T>
void run_parameter_path(const backward_operands<T>& x);

/// dZ_below = (dZ * W^T) masked by A > 0
template <class T>
void run_backprop_path(const backward_operands<T>& x);

template <class T>
void run_backward(schedule how, const backward_operands<T>& x);

/// Whether the two paths of a layer pay as sibling tasks: when each outweighs the handing over of a task, and
/// dZ of the layer below is not bound by memory, which one thread alone cannot use up.
template <class T>
[[nodiscard]] bool concurrency_pays(std::size_t rows, std::size_t inputs, std::size_t outputs) noexcept {
  constexpr std::size_t few_outputs = 32;
  constexpr std::size_t far_bytes = 1 << 20;
  const double work = static_cast<double>(rows) * static_cast<double>(inputs) * static_cast<double>(outputs);
  return work >= task_work && (outputs >= few_outputs || rows * inputs * sizeof(T) <= far_bytes);
}

}  // namespace twinpath::inline v0::detail
