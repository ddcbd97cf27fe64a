// SPDX-License-Identifier: MIT
// A dense layer without the checks of the public functions.
#pragma once

#include <span>
#include <string_view>

#include <twinpath/dense.hpp>

#include "gemm/route.hpp"
#include "runtime/checks.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {

inline void check_option(std::string_view function, schedule how) {
  check_option(function, "schedule", how, schedule::automatic);
}

/// The epilogue of X*W + b: with f if that fits in the store, otherwise f follows it.
[[nodiscard]] constexpr epilogue_op forward_op(activation f) noexcept {
  return f == activation::relu ? epilogue_op::bias_relu : epilogue_op::bias;
}
/// The epilogue of dZ*W^T: with the derivative of f if that fits in the store, otherwise it follows.
[[nodiscard]] constexpr epilogue_op backprop_op(activation f) noexcept {
  return f == activation::relu ? epilogue_op::mask : epilogue_op::store;
}

// Views are passed by reference and the product is returned in place: a copy would load as vectors what was
// just stored field by field, and would wait for these stores.

/// A = f(X*W + b)
template <class T>
[[gnu::always_inline]] inline product<T> forward_product(const kernel_table<T>& table,
                                                         const matrix_view<const T>& X,
                                                         const matrix_view<const T>& W, const T* bias,
                                                         activation f, const matrix_view<T>& A) {
  product<T> x{X, W, A, {forward_op(f)}, bias, {}};
  if (!option_row(f).in_store) x.after.set(map_step<T>{table.activate[f], A.data()}, A.stride());
  return x;
}

/// The same, and Z = X*W + b is kept.
template <class T>
[[gnu::always_inline]] inline product<T> forward_product(const kernel_table<T>& table,
                                                         const matrix_view<const T>& X,
                                                         const matrix_view<const T>& W, const T* bias,
                                                         activation f, const matrix_view<T>& A,
                                                         const matrix_view<T>& Z) {
  product<T> x{X, W, Z, {epilogue_op::bias}, bias, {}};
  x.after.set(map_step<T>{table.activate[f], A.data()}, A.stride());
  return x;
}

/// dZ_below = (dZ * W^T) times the derivative of f, from `kept`.
template <class T>
[[gnu::always_inline]] inline product<T> backprop_product(const kernel_table<T>& table,
                                                          const matrix_view<const T>& dZ,
                                                          const matrix_view<const T>& W, activation f,
                                                          const matrix_view<const T>& kept,
                                                          const matrix_view<T>& dZ_below) {
  product<T> x{dZ, transposed(W), dZ_below, {backprop_op(f)}, nullptr, kept};
  if (!option_row(f).in_store)
    x.after.set(derivative_step<T>{table.apply_derivative[f], kept.data()}, kept.stride());
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
  matrix_view<const T> kept = {};   ///< A, or the pre-activations if f keeps them
};

/// dW = A^T * dZ; db = column sums of dZ
template <class T>
void run_parameter_path(const backward_operands<T>& x);

template <class T>
void run_backprop_path(const backward_operands<T>& x);

template <class T>
void run_backward(schedule how, const backward_operands<T>& x);

/// Threads of each path of a fork: the two are the same number of multiply-adds.
[[nodiscard]] constexpr std::size_t fork_share(std::size_t threads) noexcept {
  return (threads + 1) / 2;
}

/// Whether a fork gains time: if each path takes longer than handing over a task, and dZ of the layer below
/// is not bound by memory, whose bandwidth one thread alone cannot use up.
template <class T>
[[nodiscard]] bool concurrency_pays(std::size_t rows, std::size_t inputs, std::size_t outputs) noexcept {
  constexpr double least_work = 128 * 1024;  // less than task_work: only one of the two paths is handed over
  constexpr std::size_t few_outputs = 32;
  constexpr std::size_t far_bytes = 1 << 20;
  const double work = static_cast<double>(rows) * static_cast<double>(inputs) * static_cast<double>(outputs);
  return work >= least_work && (outputs >= few_outputs || rows * inputs * sizeof(T) <= far_bytes);
}

}  // namespace twinpath::inline v0::detail
