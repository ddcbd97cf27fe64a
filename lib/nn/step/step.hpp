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
  /// A copy belongs to another network, whose parameters are stored elsewhere: it starts without plans and
  /// memory.
  training_step(const training_step&) noexcept {}
  training_step& operator=(const training_step&) noexcept { return *this = training_step(); }
  training_step(training_step&&) noexcept = default;
  training_step& operator=(training_step&&) noexcept = default;
  ~training_step() = default;

  /// Plans a step of this shape on the threads that it is worth, and allocates its memory. Reuses a plan and
  /// memory that exist. Throws std::bad_alloc, and std::invalid_argument when sizes would
  /// overflow; the next call plans anew.
  void prepare(const layer_widths& widths, const step_shape& shape);

  /// Computes as prepared and returns the loss.
  T run(std::vector<layer_state<T>>& layers, const step_operands<T>& with);

  /// Activations of the last step, 0x0 if it did not keep them.
  [[nodiscard]] matrix_view<const T> activations(std::size_t layer, std::size_t outputs) const;

 private:
  /// Several, because batches of different sizes alternate, such as the last one of an epoch.
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
