// SPDX-License-Identifier: MIT
#include "nn/step/step.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// A candidate may need this many times the memory of the model's choice, or `little_memory`.
constexpr double most_memory = 1.5;
constexpr std::size_t little_memory = 256 * 1024;  // elements

bool is_measured(const step_shape& s) noexcept {
  return s.how == schedule::automatic && s.choice == choice::measured;
}

}  // namespace

std::size_t threads_for(const layer_widths& widths, const step_shape& shape) noexcept {
  if (!worth_sharing(widths, shape.rows)) return 1;
  const std::size_t arena = concurrency();
  if (!is_measured(shape)) return arena;
  // More threads than processors only wait for each other.
  return std::min<std::size_t>(arena, std::max(1U, std::thread::hardware_concurrency()));
}

template <class T>
std::vector<step_plan> plan_candidates(const layer_widths& widths, step_shape shape) {
  shape.threads = threads_for(widths, shape);
  std::vector<step_plan> plans;
  for (const step_candidate& x : candidates_for(kernels<T>(), widths, shape)) {
    step_plan plan = plan_step(kernels<T>(), widths, x);
    const std::size_t elements = plan.program.elements;
    const bool fits =
        plans.empty() || elements <= little_memory ||
        static_cast<double>(elements) <= most_memory * static_cast<double>(plans.front().program.elements);
    if (fits) plans.push_back(std::move(plan));
  }
  return plans;
}

template <class T>
bool training_step<T>::planned_step::serves(const step_shape& shape) const noexcept {
  return wanted == shape && (!is_shared || arena == concurrency());
}

template <class T>
std::size_t training_step<T>::planned_step::elements() const noexcept {
  std::size_t most = 0;
  for (const candidate& x : candidates) most = std::max(most, x.plan.program.elements);
  return most;
}

template <class T>
void training_step<T>::prepare(const layer_widths& widths, const step_shape& shape) {
  computed_ = nullptr;
  if (current_ != nullptr && current_->serves(shape)) return;
  current_ = nullptr;
  const auto found = std::ranges::find_if(plans_, [&](const auto& p) { return p->serves(shape); });
  if (found != plans_.end()) {
    std::rotate(found, found + 1, plans_.end());
  } else {
    std::vector<step_plan> plans = plan_candidates<T>(widths, shape);
    const bool shared = worth_sharing(widths, shape.rows);
    auto made = std::make_unique<planned_step>(planned_step{shape, shared, shared ? concurrency() : 1,
                                                            std::vector<candidate>(plans.size()),
                                                            measured_choice(plans.size())});
    for (std::size_t i = 0; i < plans.size(); ++i) made->candidates[i].plan = std::move(plans[i]);
    if (plans_.size() == most_plans) plans_.erase(plans_.begin());
    plans_.push_back(std::move(made));
  }
  const std::size_t elements = plans_.back()->elements();
  if (elements > memory_.size()) {
    memory_ = {};  // first, so that the two do not add up
    memory_ = matrix<T>(1, elements);
  }
  current_ = plans_.back().get();
}

template <class T>
T training_step<T>::run(std::vector<layer_state<T>>& layers, const step_operands<T>& with) {
  planned_step& step = *current_;
  if (!step.is_lowered) {
    // All at once, because later steps of the shape allocate nothing.
    for (candidate& x : step.candidates) lower_step(x.plan, memory_.data(), layers, with, x.lowered);
    step.is_lowered = true;
  }
  measured_choice& choice = step.choice;
  candidate& chosen = step.candidates[choice.next()];
  if (!choice.times_next()) {
    const T loss = run(chosen, layers, with);
    choice.passed();
    return loss;
  }
  using clock = std::chrono::steady_clock;
  const clock::time_point begin = clock::now();
  const T loss = run(chosen, layers, with);
  choice.took(std::chrono::duration<double, std::nano>(clock::now() - begin).count());
  return loss;
}

template <class T>
T training_step<T>::run(candidate& with, std::vector<layer_state<T>>& layers,
                        const step_operands<T>& operands) {
  const T loss = run_step(with.plan, memory_.data(), layers, operands, with.lowered);
  computed_ = &with.plan;
  return loss;
}

template <class T>
matrix_view<const T> training_step<T>::activations(std::size_t layer, std::size_t outputs) const {
  if (computed_ == nullptr || computed_->shape.updates()) return {};
  return {memory_.data() + computed_->program.activations[layer], computed_->shape.rows, outputs};
}

template <class T>
described_step training_step<T>::describe(const layer_widths& widths, const step_shape& shape) const {
  const auto computes = [&](const auto& p) {
    step_shape wanted = p->wanted;
    wanted.x_stride = shape.x_stride;
    wanted.gradients = shape.gradients;
    return p->wanted.updates() && wanted == shape && (!p->is_shared || p->arena == concurrency());
  };
  const auto found = std::find_if(plans_.rbegin(), plans_.rend(), computes);
  if (found == plans_.rend()) {
    const step_plan plan = std::move(plan_candidates<T>(widths, shape).front());
    return {summary_of(plan, plan.reason, sizeof(T)), listing_of(plan.program)};
  }
  const planned_step& step = **found;
  const step_plan& kept = step.candidates[step.choice.kept()].plan;
  const std::size_t count = step.candidates.size();
  if (count == 1) return {summary_of(kept, kept.reason, sizeof(T)), listing_of(kept.program)};
  const std::string reason = step.choice.finished_looks() == 0
                                 ? "while " + std::to_string(count) + " candidates take turns"
                                 : "the fastest of " + std::to_string(count) + " candidates";
  std::string summary = summary_of(kept, reason, sizeof(T));
  const char* before = "; tried ";
  for (std::size_t i = 0; i < count; ++i) {
    const double ns = step.choice.time_of(i);
    if (ns == 0) continue;
    summary += before + trial_of(step.candidates[i].plan, ns);
    before = ", ";
  }
  return {summary, listing_of(kept.program)};
}

template class training_step<float>;
template class training_step<double>;
template std::vector<step_plan> plan_candidates<float>(const layer_widths&, step_shape);
template std::vector<step_plan> plan_candidates<double>(const layer_widths&, step_shape);

}  // namespace twinpath::inline v0::detail
