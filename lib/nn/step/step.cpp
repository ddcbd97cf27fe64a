// SPDX-License-Identifier: MIT
#include "nn/step/step.hpp"

#include <algorithm>
#include <utility>

namespace twinpath::inline v0::detail {
namespace {

template <class T>
void run_form(const step_run<T>& s) {
  switch (s.plan.form) {
    case step_form::operations:
      return run_operations(s);
    case step_form::row_blocks:
      return run_row_blocks(s);
    case step_form::unit_blocks:
      return run_unit_blocks(s);
    case step_form::streamed:
      return run_streamed(s);
  }
}

/// dX = dZ1 * W1^T
template <class T>
void run_input_error(const step_run<T>& s, matrix_view<T> dX) {
  const matrix_view<const T> dZ = s.errors(0, s.all_rows(nullptr));
  const matrix_view<const T> W = std::as_const(s.layer(0)).weights();
  s.multiply(s.plan.input_error, backprop_product<T>(s.table, dZ, W, activation::identity, {}, dX),
             s.scratch_of(0), {"dX"});
}

}  // namespace

template <class T>
void training_step<T>::prepare(const std::vector<std::size_t>& widths, step_shape shape) {
  if (worth_sharing(widths, shape.rows)) shape.threads = concurrency();
  computed_ = false;
  if (current_ < plans_.size() && plans_[current_].plan.shape == shape) return;
  const auto found = std::find_if(plans_.begin(), plans_.end(),
                                  [&](const planned_step& p) { return p.plan.shape == shape; });
  if (found != plans_.end()) {
    std::rotate(found, found + 1, plans_.end());
  } else {
    step_plan<T> made = plan_step(kernels<T>(), widths, shape);
    if (plans_.size() == most_plans) plans_.erase(plans_.begin());
    plans_.push_back({std::move(made), {}});
  }
  current_ = plans_.size() - 1;
  const std::size_t elements = plans_[current_].plan.elements;
  if (elements <= memory_.size()) return;
  memory_ = {};  // first, so that the two do not add up
  try {
    memory_ = matrix<T>(1, elements);
  } catch (...) {
    current_ = plans_.size();
    throw;
  }
}

template <class T>
T training_step<T>::run(std::vector<layer_state<T>>& layers, const step_operands<T>& with) {
  planned_step& current = plans_[current_];
  const step_run<T> s(current.plan, memory_.data(), layers, with);
  if (current.plan.listable && current.calls.prepare(s)) {
    current.calls.run(s);
  } else {
    run_form(s);
  }
  if (with.dX.data() != nullptr) run_input_error(s, with.dX);
  computed_ = true;
  return s.total_loss();
}

template <class T>
matrix_view<const T> training_step<T>::activations(std::size_t layer, std::size_t outputs) const {
  if (!computed_ || plans_[current_].plan.shape.updates()) return {};
  const step_plan<T>& plan = plans_[current_].plan;
  return {memory_.data() + plan.layers[layer].activations, plan.shape.rows, outputs};
}

template class training_step<float>;
template class training_step<double>;

}  // namespace twinpath::inline v0::detail
