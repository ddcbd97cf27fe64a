// SPDX-License-Identifier: MIT
// A dense layer without the checks of the public functions.
#pragma once

#include <span>

#include <twinpath/dense.hpp>

#include "linalg/product.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {

/// A = f(X*W + b). Z, where there is one, keeps X*W + b.
template <class T>
[[gnu::always_inline]] inline product<T> forward_product(const kernel_table<T>& table, matrix_view<const T> X,
                                                         matrix_view<const T> W, const T* bias, activation f,
                                                         matrix_view<T> A, matrix_view<T> Z) {
  const bool apart = Z.data() != nullptr;
  if (!apart && f == activation::relu) return {X, W, A, {finish::bias_relu}, bias, {}};
  product<T> x{X, W, apart ? Z : A, {finish::bias}, bias, {}};
  if (apart || f != activation::identity) {
    x.after.function = table.activate[f];
    x.after.x = A.data();
    x.after.stride = A.stride();
  }
  return x;
}

/// dZ_below = (dZ * W^T) times the derivative of f, from `kept`.
template <class T>
[[gnu::always_inline]] inline product<T> backprop_product(const kernel_table<T>& table,
                                                          matrix_view<const T> dZ, matrix_view<const T> W,
                                                          activation f, matrix_view<const T> kept,
                                                          matrix_view<T> dZ_below) {
  if (f == activation::relu) return {dZ, transposed(W), dZ_below, {finish::mask}, nullptr, kept};
  product<T> x{dZ, transposed(W), dZ_below, {finish::store}, nullptr, {}};
  if (f != activation::identity) {
    x.after.function = table.take_back[f];
    x.after.x = const_cast<T*>(kept.data());  // which it only reads
    x.after.stride = kept.stride();
  }
  return x;
}

/// Operands of both backward paths of a layer.
template <class T>
struct backward_operands {
  matrix_view<const T> A = {};   ///< the layer's input; not read by the backprop path
  matrix_view<const T> dZ = {};  ///< the layer's output error
  matrix_view<const T> W = {};   ///< not read by the parameter path
  matrix_view<T> dW = {};
  std::span<T> db = {};
  matrix_view<T> dZ_below = {};     ///< not written by the parameter path
  activation f = activation::relu;  ///< the activation that made A
  matrix_view<const T> kept = {};   ///< A, or the scores that f keeps
};

/// dW = A^T * dZ; db = column sums of dZ
template <class T>
void run_parameter_path(const backward_operands<T>& x);

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
