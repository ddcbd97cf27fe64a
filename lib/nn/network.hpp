// SPDX-License-Identifier: MIT
// The implementation of `mlp`: parameters, moments and the plans of its steps.
#pragma once

#include <vector>

#include <twinpath/mlp.hpp>

#include "nn/layer/layer_state.hpp"
#include "nn/step/step.hpp"
#include "rowwise/row_operations.hpp"

namespace twinpath::inline v0::detail {

template <class T>
class network {
 public:
  /// Throws as the constructor of `mlp`.
  network(std::vector<std::size_t> widths, const mlp_options& options);

  T train_step(matrix_view<const T> X, const targets<T>& y, const optimizer& rule);
  T compute_gradients(matrix_view<const T> X, const targets<T>& y, gradient_mode mode, matrix_view<T> dX);
  T clip_gradients(double largest);
  void apply(const optimizer& rule);
  void restore(const optimizer_progress& progress, std::size_t count);
  void predict(matrix_view<const T> X, matrix_view<T> P) const;

  /// The plan that the model chooses for a step of training.
  [[nodiscard]] step_plan plan(std::size_t rows, const optimizer& rule) const;
  /// The plan of a step as it is computed at present, in words.
  [[nodiscard]] described_step describe(std::size_t rows) const;
  /// The working memory that a step needs, in elements.
  [[nodiscard]] std::size_t working_memory(std::size_t rows, const optimizer& rule) const;

  std::vector<std::size_t> widths;
  mlp_options options;
  std::vector<layer_state<T>> layers;
  training_step<T> step;
  optimizer_progress progress;

 private:
  void initialise();
  void check_batch(const char* function, matrix_view<const T> X, const targets<T>& y) const;
  [[nodiscard]] step_shape shape(std::size_t rows, std::size_t x_stride, gradient_use gradients) const;
  /// Allocates `count` moments for each parameter, unless the network has exactly that number.
  void hold_moments(std::size_t count);
  /// Allocates gradients unless the network has them.
  void hold_gradients();
  [[nodiscard]] double squares(T scale) const;
  void require_gradients(const char* function) const;
};

}  // namespace twinpath::inline v0::detail
