// SPDX-License-Identifier: MIT
// What the forms of a step are written with: memory, phases and parts, and the operations of a network.
//
// The hazard of a step: W may be overwritten only after the backprop path has read it. `operations` computes
// dZ of the layer below first, or keeps dW until then; `row_blocks` and `fused_backward` overwrite nothing
// before the chains of all rows are done; in `unit_blocks` one task alone reads the rows of W that it
// overwrites, before it does so.
#pragma once

#include <utility>

#include "nn/step/program.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {

/// Rows of the batch, or of the block that a program is for.
struct row_range {
  std::size_t first = 0;
  std::size_t count = 0;
};
/// Units of a layer.
struct unit_range {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
};

/// The rows of block i of `count` balanced blocks.
[[nodiscard]] constexpr row_range block_of(std::size_t rows, std::size_t i, std::size_t count) noexcept {
  const std::size_t first = rows * i / count;
  return {first, rows * (i + 1) / count - first};
}

template <class T>
class program_builder {
 public:
  program_builder(const kernel_table<T>& table, const layer_widths& widths, const step_shape& shape);

  const step_shape& shape;
  const std::size_t layers;

  [[nodiscard]] std::size_t inputs(std::size_t l) const noexcept { return widths_[l]; }
  [[nodiscard]] std::size_t outputs(std::size_t l) const noexcept { return widths_[l + 1]; }
  [[nodiscard]] bool is_last(std::size_t l) const noexcept { return l + 1 == layers; }
  [[nodiscard]] row_range all_rows() const noexcept { return {0, shape.rows}; }
  [[nodiscard]] unit_range all_units(std::size_t l) const noexcept { return {0, outputs(l)}; }
  [[nodiscard]] std::size_t vector_width() const noexcept { return table_.width; }

  // --- memory ---------------------------------------------------------------------------------------------

  /// Activations, and Z where the activation keeps it. `in` is the memory of the step, or of a block.
  void reserve_activations(std::size_t rows, step_array in = step_array::memory);
  /// dZ of every layer, or of two layers in turn: dZ of a layer is dead when that of the layer below is
  /// there.
  void reserve_errors(std::size_t rows);
  void reserve_alternating_errors(std::size_t rows);
  /// dZ of layer 0 lies in one piece for each block of units, which one task alone reads and writes.
  void keep_first_errors_by_units() noexcept { first_errors_by_units_ = true; }
  void reserve_losses();
  /// Chains of the column sums of each layer, or of one layer at a time.
  void reserve_chains();
  void reserve_shared_chains();
  /// dW of each layer, for an optimiser that is not part of the store; or of two layers in turn, for a dW
  /// that is applied while that of the layer below is computed.
  void reserve_gradients();
  void reserve_alternating_gradients(const std::vector<bool>& kept);
  /// dW of every layer for each of several slices.
  void reserve_sums(std::size_t slices);
  std::size_t reserve(std::size_t elements);
  /// Memory that lies unused between that of several workers.
  void reserve_gap(std::size_t workers) { program_.elements += gap_between<T>(workers); }
  [[nodiscard]] std::size_t reserved() const noexcept { return program_.elements; }
  /// Scratch memory that every part has at least: db of the widest layer.
  void reserve_scratch(std::size_t slots);

  // --- structure ------------------------------------------------------------------------------------------

  step_program& program() noexcept { return program_; }
  void begin_phase();
  void begin_part();
  /// The gradients of layer l are complete after this phase.
  void complete(std::size_t l);
  [[nodiscard]] step_program take() { return std::move(program_); }

  // --- operations -----------------------------------------------------------------------------------------

  // Products are routed for `threads`.
  void forward(std::size_t l, row_range rows, unit_range units, std::size_t threads = 1);
  void loss(row_range rows, bool shared = false);
  /// dZ of the layer below, for its units; below the first layer dX.
  void backprop(std::size_t l, row_range rows, unit_range below, std::size_t threads = 1);
  /// dW of layer l, for rows of W, to where the step wants it and with the update if it does update.
  void weights(std::size_t l, row_range rows, unit_range inputs, std::size_t threads = 1);
  /// dW of layer 0 for some of its units, whose dZ lies in one piece.
  void first_weights(row_range rows, unit_range units);
  /// dW of layer l to memory from which `update` or `by_slice` applies it.
  void kept_weights(std::size_t l, row_range rows, std::size_t threads);
  /// The part of a block of rows in dW of layer l, stored or added to the sums of a slice.
  void summed_weights(std::size_t l, row_range rows, bool adds);
  void chains(std::size_t l, row_range rows);
  void fold(std::size_t l);
  void bias(std::size_t l, row_range rows, unit_range units, bool shared = false);
  void update(std::size_t l);
  /// The same from the sums of the slices.
  void update_from_sums(std::size_t l);

 private:
  struct layer_memory {
    std::size_t scores = 0;
    std::size_t activations = 0;
    std::size_t errors = 0;
    std::size_t chains = 0;
    std::size_t weight_gradient = 0;
    std::size_t sums = 0;  ///< from the begin of a slice's sums
  };

  [[nodiscard]] matrix_place rows_at(std::size_t offset, std::size_t l, row_range rows) const noexcept;
  [[nodiscard]] matrix_place input(std::size_t l, row_range rows) const noexcept;
  [[nodiscard]] matrix_place errors(std::size_t l, row_range rows, unit_range units) const noexcept;
  [[nodiscard]] matrix_place weights_of(std::size_t l) const noexcept;
  [[nodiscard]] matrix_place kept_weights_of(std::size_t l) const noexcept;
  [[nodiscard]] matrix_place weight_gradients_of(std::size_t l) const noexcept;
  [[nodiscard]] place chains_of(std::size_t l) const noexcept;
  [[nodiscard]] product_operation gradient(std::size_t l, row_range rows, unit_range inputs,
                                           const matrix_place& C) const;
  void add_gradient(product_operation x, std::size_t l, std::size_t first, std::size_t threads);
  void add(operation x);
  void add_product(product_operation x, std::size_t threads);

  const kernel_table<T>& table_;
  const layer_widths& widths_;
  step_array rows_in_ = step_array::memory;
  bool first_errors_by_units_ = false;
  std::vector<layer_memory> memory_;
  std::size_t scratch_ = 0;  ///< of the part that needs most
  step_program program_;
};

// The forms, each in the file of its name.
template <class T>
void emit_operations(program_builder<T>& to);
template <class T>
void emit_row_blocks(program_builder<T>& to);
template <class T>
void emit_unit_blocks(program_builder<T>& to);
template <class T>
void emit_fused_backward(program_builder<T>& to);

}  // namespace twinpath::inline v0::detail
