// SPDX-License-Identifier: MIT
// One step of training: forward, loss, both backward paths, update, as planned.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/layer/layer_state.hpp"
#include "nn/step/measured_choice.hpp"
#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {

/// Threads that a step of this shape may use in the caller's arena.
[[nodiscard]] std::size_t threads_for(const layer_widths& widths, const step_shape& shape) noexcept;

/// The plans of all candidates for a step, the model's first. `shape.threads` is set here.
template <class T>
[[nodiscard]] std::vector<step_plan> plan_candidates(const layer_widths& widths, step_shape shape);

/// A plan in words, and how it was chosen.
struct described_step {
  std::string summary;
  std::string program;
};

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

  /// Plans the candidates for a step of this shape on the threads that it is worth, and allocates memory for
  /// any of them. Reuses plans and memory that exist. Throws std::bad_alloc, and std::invalid_argument when
  /// sizes would overflow; the next call plans anew.
  void prepare(const layer_widths& widths, const step_shape& shape);

  /// Computes as prepared and returns the loss.
  T run(std::vector<layer_state<T>>& layers, const step_operands<T>& with);

  /// Activations of the last step, 0x0 if it did not keep them.
  [[nodiscard]] matrix_view<const T> activations(std::size_t layer, std::size_t outputs) const;

  /// How steps of these rows, schedule and choice are computed at present; where there were none, how the
  /// first one would be.
  [[nodiscard]] described_step describe(const layer_widths& widths, const step_shape& shape) const;

 private:
  /// Several, because batches of different sizes alternate, such as the last one of an epoch.
  static constexpr std::size_t most_plans = 16;

  struct candidate {
    step_plan plan;
    lowered_products<T> lowered;
  };
  struct planned_step {
    step_shape wanted;  ///< for one thread
    bool is_shared;     ///< whether it is worth the threads of the caller's arena
    std::size_t arena;  ///< threads of that
    std::vector<candidate> candidates;
    measured_choice choice;
    bool is_lowered = false;

    [[nodiscard]] bool serves(const step_shape& shape) const noexcept;
    [[nodiscard]] std::size_t elements() const noexcept;
  };
  T run(candidate& with, std::vector<layer_state<T>>& layers, const step_operands<T>& operands);

  std::vector<std::unique_ptr<planned_step>> plans_;  ///< the one that was made or used last comes last
  planned_step* current_ = nullptr;
  const step_plan* computed_ = nullptr;  ///< the plan whose results are in the memory
  matrix<T> memory_;
};

}  // namespace twinpath::inline v0::detail
