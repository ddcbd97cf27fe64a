// SPDX-License-Identifier: MIT
#include "nn/step/step.hpp"

#include <algorithm>
#include <utility>

#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {

template <class T>
bool training_step<T>::planned_step::serves(const step_shape& shape) const noexcept {
  return wanted == shape && (!is_shared || plan.shape.threads == concurrency());
}

template <class T>
void training_step<T>::prepare(const layer_widths& widths, const step_shape& shape) {
  computed_ = false;
  if (current_ != nullptr && current_->serves(shape)) return;
  current_ = nullptr;
  const auto found = std::ranges::find_if(plans_, [&](const auto& p) { return p->serves(shape); });
  if (found != plans_.end()) {
    std::rotate(found, found + 1, plans_.end());
  } else {
    const bool shared = worth_sharing(widths, shape.rows);
    step_shape with_threads = shape;
    if (shared) with_threads.threads = concurrency();
    auto made = std::make_unique<planned_step>(
        planned_step{shape, shared, plan_step(kernels<T>(), widths, with_threads), {}});
    if (plans_.size() == most_plans) plans_.erase(plans_.begin());
    plans_.push_back(std::move(made));
  }
  const std::size_t elements = plans_.back()->plan.program.elements;
  if (elements > memory_.size()) {
    memory_ = {};  // first, so that the two do not add up
    memory_ = matrix<T>(1, elements);
  }
  current_ = plans_.back().get();
}

template <class T>
T training_step<T>::run(std::vector<layer_state<T>>& layers, const step_operands<T>& with) {
  const T loss = run_step(current_->plan, memory_.data(), layers, with, current_->lowered);
  computed_ = true;
  return loss;
}

template <class T>
matrix_view<const T> training_step<T>::activations(std::size_t layer, std::size_t outputs) const {
  if (!computed_ || current_->plan.shape.updates()) return {};
  const step_plan& plan = current_->plan;
  return {memory_.data() + plan.program.activations[layer], plan.shape.rows, outputs};
}

template class training_step<float>;
template class training_step<double>;

}  // namespace twinpath::inline v0::detail
