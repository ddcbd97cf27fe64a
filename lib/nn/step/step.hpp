// SPDX-License-Identifier: MIT
// One step of training: forward, loss, both backward paths, update, as planned.
#pragma once

#include <vector>

#include "nn/layer/layer_state.hpp"
#include "nn/step/listed.hpp"
#include "nn/step/plan.hpp"
#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {

/// The plan and the memory of a network's steps.
template <class T>
class training_step {
 public:
  /// Plans for this shape, but with the threads that it is worth, and holds memory for it; what is there
  /// already is used again. Throws std::bad_alloc, and std::invalid_argument when sizes would overflow; the
  /// next call plans anew.
  void prepare(const std::vector<std::size_t>& widths, step_shape shape);

  /// Computes as prepared and returns the loss.
  T run(std::vector<layer_state<T>>& layers, const step_operands<T>& with);

  /// Of the last step that kept them, else 0x0.
  [[nodiscard]] matrix_view<const T> activations(std::size_t layer, std::size_t outputs) const;

 private:
  /// Batches of some sizes take turns, such as the last one of an epoch.
  static constexpr std::size_t most_plans = 16;

  struct planned_step {
    step_plan<T> plan;
    listed_step<T> calls;
  };
  std::vector<planned_step> plans_;  ///< the one that was made or used last comes last
  std::size_t current_ = 0;          ///< plans_.size() for none
  bool computed_ = false;            ///< whether the memory has what the current plan computes
  matrix<T> memory_;
};

}  // namespace twinpath::inline v0::detail
