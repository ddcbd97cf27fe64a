// SPDX-License-Identifier: MIT
// The forms of a step of training, and which one a step takes. All of them give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <twinpath/activation.hpp>
#include <twinpath/mlp.hpp>

#include "kernels/kernel_table.hpp"

namespace twinpath::inline v0::detail {

/// The orders in which a step can be computed. Each has a file of its name.
enum class step_form : std::uint8_t {
  /// One operation after the other over all rows, each parallel inside; or the two paths of a layer fork.
  operations,
  /// Data parallel: rows are independent from Z1 to dZ1, so a task takes a block of rows through that whole
  /// chain; then tasks take rows of every dW. Two phases a step.
  row_blocks,
  /// Model parallel: a task owns a block of the units of each layer, with the columns of W that lead to them
  /// and the rows of W that lead on. Forward, backward and update find these in the caches of the same core.
  /// Only the output layer goes by rows. Two phases a layer.
  unit_blocks,
  /// A task takes a block of rows, as many as a block of k of dW = A^T * dZ, through the chain and adds its
  /// part of every dW while the block is in the near caches. A task owns whole slices of k.
  fused_backward,
};

/// Where the gradients of the parameters go.
enum class gradient_use : std::uint8_t {
  descend,     ///< W <- fma(-rate, dW, W) in the store of the product
  update,      ///< any other optimiser, right after the store
  overwrite,   ///< stored in place of the earlier ones
  accumulate,  ///< added to the earlier ones
  ignore,      ///< not computed
};

/// What a step is planned for.
struct step_shape {
  std::size_t rows = 0;
  std::size_t x_stride = 0;
  std::size_t threads = 1;
  schedule how = schedule::automatic;
  twinpath::choice choice = twinpath::choice::measured;
  gradient_use gradients = gradient_use::descend;
  activation hidden = activation::relu;  ///< of all layers but the last
  std::size_t dx_stride = 0;             ///< 0 if dX is not computed

  /// Whether the step updates parameters. Otherwise it keeps its activations.
  [[nodiscard]] bool updates() const noexcept { return gradients <= gradient_use::update; }
  [[nodiscard]] bool wants_input_error() const noexcept { return dx_stride != 0; }

  bool operator==(const step_shape&) const = default;
};

/// Inputs, units of every hidden layer, outputs.
using layer_widths = std::vector<std::size_t>;

struct form_choice {
  step_form form;
  const char* reason;
};

/// A way to compute a step: its threads and schedule are those of the shape.
struct step_candidate {
  step_shape shape;
  form_choice choice;
};

/// What the model chooses for a shape.
template <class T>
[[nodiscard]] form_choice choose_form(const kernel_table<T>& table, const layer_widths& widths,
                                      const step_shape& shape);

/// The ways to compute a step of this shape on at most `shape.threads` threads that may be the fastest. The
/// model's choice comes first, and alone if the schedule or the choice is fixed.
template <class T>
[[nodiscard]] std::vector<step_candidate> candidates_for(const kernel_table<T>& table,
                                                         const layer_widths& widths, const step_shape& shape);

/// Whether a step has enough work for a second thread.
[[nodiscard]] bool worth_sharing(const layer_widths& widths, std::size_t rows) noexcept;

[[nodiscard]] std::size_t all_weights(const layer_widths& widths) noexcept;

}  // namespace twinpath::inline v0::detail
