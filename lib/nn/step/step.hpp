// SPDX-License-Identifier: MIT
// One step of training: forward, loss, both backward paths, update, as planned.
#pragma once

#include <memory>
#include <vector>

#include "nn/layer/layer_state.hpp"
#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {

/// The plans and the memory of a network's steps.
template <class T>
class training_step {
 public:
  training_step() = default;
  /// A copy is for a network whose parameters lie elsewhere: it plans anew, in memory of its own.
  training_step(const training_step&) noexcept {}
  training_step& operator=(const training_step&) noexcept { return *this = training_step(); }
  training_step(training_step&&) noexcept = default;
  training_step& operator=(training_step&&) noexcept = default;
  ~training_step() = default;

  /// Plans for this shape, but with the threads that it is worth, and holds memory for it. Plans and memory
  /// that are there already are used again. Throws std::bad_alloc, and std::invalid_argument when sizes would
  /// overflow; the next call plans anew.
  void prepare(const layer_widths& widths, const step_shape& shape);

  /// Computes as prepared and returns the loss.
  T run(std::vector<layer_state<T>>& layers, const step_operands<T>& with);

  /// Of the last step that kept them, else 0x0.
  [[nodiscard]] matrix_view<const T> activations(std::size_t layer, std::size_t outputs) const;

 private:
  /// Batches of some sizes take turns, such as the last one of an epoch.
  static constexpr std::size_t most_plans = 16;

  struct planned_step {
    step_shape wanted;  ///< for one thread
    bool is_shared;     ///< whether it is worth the threads of the caller's arena
    step_plan plan;
    lowered_products<T> lowered;

    [[nodiscard]] bool serves(const step_shape& shape) const noexcept;
  };
  std::vector<std::unique_ptr<planned_step>> plans_;  ///< the one that was made or used last comes last
  planned_step* current_ = nullptr;
  bool computed_ = false;  ///< whether the memory has the results of the current plan
  matrix<T> memory_;
};

}  // namespace twinpath::inline v0::detail
