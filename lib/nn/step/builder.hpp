// SPDX-License-Identifier: MIT
// The vocabulary in which forms are written: memory, phases and parts, and the operations of a network.
//
// The hazard of a step: W may be overwritten only after the backprop path has read it. `operations` computes
// dZ of the layer below first, or keeps dW until then; `row_blocks` and `fused_backward` overwrite nothing
// before the chains of all rows are done; in `unit_blocks` one task alone reads the rows of W that it
// overwrites, before it does so.
#pragma once

#include <algorithm>
#include <utility>

#include <twinpath/contract/sums.hpp>

#include "nn/layer/layer.hpp"
#include "nn/step/program.hpp"
#include "rowwise/row_operations.hpp"
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

[[nodiscard]] constexpr unsigned layer_number(std::size_t l) noexcept {
  return static_cast<unsigned>(l + 1);
}

template <class T>
class program_builder {
 public:
  program_builder(const kernel_table<T>& table, const layer_widths& widths, const step_shape& s)
      : shape(s), layers(widths.size() - 1), table_(table), widths_(widths), memory_(layers) {
    program_.activations.resize(layers);
  }

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
  void reserve_activations(std::size_t rows, step_array in = step_array::memory) {
    kept_in_ = in;
    for (std::size_t l = 0; l < layers; ++l) {
      memory_[l].activations = program_.activations[l] = reserve(rows * outputs(l));
      if (!is_last(l) && keeps_scores(shape.hidden)) memory_[l].scores = reserve(rows * outputs(l));
    }
  }
  /// dZ of every layer, or of two layers in turn: dZ of a layer is dead once that of the layer below is
  /// computed. `in` is as for the activations.
  void reserve_errors(std::size_t rows) {
    for (std::size_t l = 0; l < layers; ++l) memory_[l].errors = reserve(rows * outputs(l));
  }
  void reserve_alternating_errors(std::size_t rows, step_array in = step_array::memory) {
    rows_in_ = in;
    std::size_t width[2] = {0, 0};
    for (std::size_t l = 0; l < layers; ++l) width[l % 2] = std::max(width[l % 2], outputs(l));
    const std::size_t errors[2] = {reserve(rows * width[0]), reserve(rows * width[1])};
    for (std::size_t l = 0; l < layers; ++l) memory_[l].errors = errors[l % 2];
  }
  /// dZ of layer 0 lies in one piece for each block of units, which one task alone reads and writes.
  void keep_first_errors_by_units() noexcept { first_errors_by_units_ = true; }
  void reserve_losses() {
    program_.losses = reserve(shape.rows);
    program_.loss_scratch = reserve(loss_scratch(shape.rows));
  }
  /// Chains of the column sums of each layer, or of one layer at a time.
  void reserve_chains() {
    const std::size_t chains = divide_up(shape.rows, contract::sum_rows);
    for (std::size_t l = 0; l < layers; ++l) memory_[l].chains = reserve(chains * outputs(l));
  }
  void reserve_shared_chains() {
    std::size_t most = 0;
    for (std::size_t l = 0; l < layers; ++l)
      most = std::max(most, column_sums_scratch<T>(shape.rows, outputs(l)));
    const std::size_t chains = reserve(most);
    for (layer_memory& memory : memory_) memory.chains = chains;
  }
  /// dW of each layer, for an optimiser that is not part of the store; or of two layers in turn, for a dW
  /// that is applied while that of the layer below is computed.
  void reserve_gradients() {
    if (shape.gradients != gradient_use::update) return;
    for (std::size_t l = 0; l < layers; ++l) memory_[l].weight_gradient = reserve(inputs(l) * outputs(l));
  }
  void reserve_alternating_gradients(const std::vector<bool>& kept) {
    if (!shape.updates()) return;
    std::size_t most = 0;
    for (std::size_t l = 0; l < layers; ++l) {
      if (kept[l] || shape.gradients == gradient_use::update) most = std::max(most, inputs(l) * outputs(l));
    }
    const std::size_t gradients[2] = {reserve(most), reserve(most)};
    for (std::size_t l = 0; l < layers; ++l) memory_[l].weight_gradient = gradients[l % 2];
  }
  /// dW of every layer for each of several slices.
  void reserve_sums(std::size_t slices) {
    std::size_t elements = 0;
    for (std::size_t l = 0; l < layers; ++l) {
      memory_[l].sums = elements;
      elements += round_up(inputs(l) * outputs(l), 16);
    }
    program_.sums_size = memory_.back().sums + inputs(layers - 1) * outputs(layers - 1);
    program_.sums_stride = elements;
    program_.sums = reserve(slices * elements);
  }
  std::size_t reserve(std::size_t elements) {
    const std::size_t offset = program_.elements;
    // Whole vectors may be read and written at the end of an array.
    program_.elements += round_up(elements, 16) + 16;
    return offset;
  }
  /// Unused memory between the memory of several workers.
  void reserve_gap(std::size_t workers) { program_.elements += gap_between<T>(workers); }
  [[nodiscard]] std::size_t reserved() const noexcept { return program_.elements; }
  /// Scratch memory for `slots` parts, each large enough for any product and for db of the widest layer.
  void reserve_scratch(std::size_t slots) {
    const std::size_t widest = *std::max_element(widths_.begin() + 1, widths_.end());
    const std::size_t gap = gap_between<T>(slots);
    program_.scratch_stride = round_up(std::max(scratch_, widest), 16) + 16 + gap;
    program_.scratch = reserve(gap + slots * program_.scratch_stride) + gap;
  }

  // --- structure ------------------------------------------------------------------------------------------

  step_program& program() noexcept { return program_; }
  void begin_phase() { program_.phases.push_back({program_.parts.size(), program_.parts.size(), {}}); }
  void begin_part() {
    program_.parts.push_back({program_.operations.size(), program_.operations.size()});
    ++program_.phases.back().end;
  }
  /// The gradients of layer l are complete after this phase.
  void complete(std::size_t l) { program_.phases.back().complete.push_back(static_cast<unsigned>(l)); }
  [[nodiscard]] step_program take() { return std::move(program_); }

  // --- operations -----------------------------------------------------------------------------------------

  // Products are routed for `threads`.
  void forward(std::size_t l, row_range rows, unit_range units, std::size_t threads = 1) {
    const activation f = is_last(l) ? activation::identity : shape.hidden;
    const matrix_place A = columns_of(kept_at(memory_[l].activations, l, rows), units.begin, units.size());
    product_operation x;
    x.label = {"Z", layer_number(l)};
    x.A = input(l, rows);
    x.B = columns_of(weights_of(l), units.begin, units.size());
    x.C = A;
    x.op = forward_op(f);
    x.beside = {parameters_at(l, inputs(l) * outputs(l) + units.begin), 1, units.size(), units.size()};
    if (keeps_scores(f)) x.C = columns_of(kept_at(memory_[l].scores, l, rows), units.begin, units.size());
    if (!option_row(f).in_store) {
      x.follow = step_follow::activate;
      x.followed = A;
    }
    add_product(std::move(x), threads);
  }
  void loss(row_range rows, bool shared = false) {
    const std::size_t last = layers - 1;
    add(loss_operation{kept_at(memory_[last].activations, last, rows),
                       errors(last, rows, all_units(last)),
                       rows.first,
                       {step_array::memory, 0, program_.losses},
                       shared});
  }
  /// dZ of the layer below, for its units; below the first layer dX.
  void backprop(std::size_t l, row_range rows, unit_range below, std::size_t threads = 1) {
    product_operation x;
    x.A = errors(l, rows, all_units(l));
    x.B = {parameters_at(l, below.begin * outputs(l)), below.size(), outputs(l), outputs(l)};
    x.b_transposed = true;
    if (l == 0) {
      x.label = {"dX"};
      x.C = {
          {step_array::input_error, 0, rows.first * shape.dx_stride}, rows.count, inputs(0), shape.dx_stride};
      return add_product(std::move(x), threads);
    }
    const std::size_t from = keeps_scores(shape.hidden) ? memory_[l - 1].scores : memory_[l - 1].activations;
    const matrix_place kept = columns_of(kept_at(from, l - 1, rows), below.begin, below.size());
    x.label = {"dZ", layer_number(l - 1)};
    x.C = errors(l - 1, rows, below);
    x.op = backprop_op(shape.hidden);
    if (x.op == epilogue_op::mask) x.beside = kept;
    if (!option_row(shape.hidden).in_store) {
      x.follow = step_follow::derivative;
      x.followed = kept;
    }
    add_product(std::move(x), threads);
  }
  /// Rows `from` of dW of layer l, stored to the gradients, or with the update of W.
  void weights(std::size_t l, row_range rows, unit_range from, std::size_t threads = 1) {
    add_gradient(gradient(l, rows, from, weight_gradients_of(l)), l, from.begin * outputs(l), threads);
  }
  /// dW of layer 0 for some of its units, whose dZ lies in one piece.
  void first_weights(row_range rows, unit_range units) {
    product_operation x =
        gradient(0, rows, {0, inputs(0)}, columns_of(weight_gradients_of(0), units.begin, units.size()));
    x.B = errors(0, rows, units);
    add_gradient(std::move(x), 0, units.begin, 1);
  }
  /// dW of layer l to memory from which `update` or `by_slice` applies it.
  void kept_weights(std::size_t l, row_range rows, std::size_t threads) {
    if (!shape.updates()) return weights(l, rows, {0, inputs(l)}, threads);
    add_product(gradient(l, rows, {0, inputs(l)}, kept_weights_of(l)), threads);
  }
  /// The part of a block of rows in dW of layer l, stored or added to the sums of a slice.
  void summed_weights(std::size_t l, row_range rows, bool adds) {
    const matrix_place sums{{step_array::sums, 0, memory_[l].sums}, inputs(l), outputs(l), outputs(l)};
    product_operation x = gradient(l, rows, {0, inputs(l)}, sums);
    if (adds) x.op = epilogue_op::blend;
    add_product(std::move(x), 1);
  }
  void chains(std::size_t l, row_range rows) {
    add(chains_operation{static_cast<unsigned>(l), errors(l, rows, all_units(l)), rows.first, chains_of(l)});
  }
  void fold(std::size_t l) {
    add(fold_operation{static_cast<unsigned>(l), chains_of(l), divide_up(shape.rows, contract::sum_rows)});
  }
  void bias(std::size_t l, row_range rows, unit_range units, bool shared = false) {
    add(bias_operation{static_cast<unsigned>(l), errors(l, rows, units), units.begin, chains_of(l), shared});
  }
  void update(std::size_t l) {
    add(update_operation{static_cast<unsigned>(l), kept_weights_of(l).at, shape.gradients});
  }
  /// The same from the sums of the slices, or these go to the gradients.
  void use_sums(std::size_t l) {
    add(update_operation{static_cast<unsigned>(l), {step_array::sums, 0, memory_[l].sums}, shape.gradients});
  }

 private:
  struct layer_memory {
    std::size_t scores = 0;
    std::size_t activations = 0;
    std::size_t errors = 0;
    std::size_t chains = 0;
    std::size_t weight_gradient = 0;
    std::size_t sums = 0;  ///< relative to the start of a slice's sums
  };

  [[nodiscard]] static place parameters_at(std::size_t l, std::size_t offset) noexcept {
    return {step_array::parameters, static_cast<unsigned>(l), offset};
  }
  [[nodiscard]] matrix_place rows_at(std::size_t offset, std::size_t l, row_range rows) const noexcept {
    const std::size_t n = outputs(l);
    return {{rows_in_, 0, offset + rows.first * n}, rows.count, n, n};
  }
  /// The same of activations and scores.
  [[nodiscard]] matrix_place kept_at(std::size_t offset, std::size_t l, row_range rows) const noexcept {
    matrix_place x = rows_at(offset, l, rows);
    x.at.in = kept_in_;
    return x;
  }
  [[nodiscard]] matrix_place input(std::size_t l, row_range rows) const noexcept {
    if (l != 0) return kept_at(memory_[l - 1].activations, l - 1, rows);
    return {{step_array::input, 0, rows.first * shape.x_stride}, rows.count, inputs(0), shape.x_stride};
  }
  [[nodiscard]] matrix_place errors(std::size_t l, row_range rows, unit_range units) const noexcept {
    if (l == 0 && first_errors_by_units_) {
      const std::size_t n = units.size();
      return {{rows_in_, 0, memory_[0].errors + shape.rows * units.begin}, rows.count, n, n};
    }
    return columns_of(rows_at(memory_[l].errors, l, rows), units.begin, units.size());
  }
  [[nodiscard]] matrix_place weights_of(std::size_t l) const noexcept {
    return {parameters_at(l, 0), inputs(l), outputs(l), outputs(l)};
  }
  [[nodiscard]] matrix_place kept_weights_of(std::size_t l) const noexcept {
    return {{step_array::memory, 0, memory_[l].weight_gradient}, inputs(l), outputs(l), outputs(l)};
  }
  [[nodiscard]] matrix_place weight_gradients_of(std::size_t l) const noexcept {
    matrix_place dW = weights_of(l);
    if (shape.gradients == gradient_use::update) return kept_weights_of(l);
    if (shape.gradients != gradient_use::descend) dW.at.in = step_array::gradients;
    return dW;
  }
  [[nodiscard]] place chains_of(std::size_t l) const noexcept {
    return {step_array::memory, 0, memory_[l].chains};
  }
  [[nodiscard]] product_operation gradient(std::size_t l, row_range rows, unit_range from,
                                           const matrix_place& C) const {
    product_operation x;
    x.label = {"dW", layer_number(l)};
    x.A = columns_of(input(l, rows), from.begin, from.size());
    x.a_transposed = true;
    x.B = errors(l, rows, all_units(l));
    x.C = C;
    x.C.at.offset += from.begin * C.stride;
    x.C.rows = from.size();
    return x;
  }
  /// Chooses the epilogue and the update by the use of the gradients. `first` is the first weight of x.C.
  void add_gradient(product_operation x, std::size_t l, std::size_t first, std::size_t threads) {
    switch (shape.gradients) {
      case gradient_use::descend:
        x.op = epilogue_op::blend;
        x.descends = true;
        break;
      case gradient_use::accumulate:
        x.op = epilogue_op::blend;
        break;
      case gradient_use::update:
        x.follow = step_follow::update;
        x.followed = {parameters_at(l, first), x.C.rows, x.C.cols, x.C.stride};
        break;
      default:
        break;
    }
    add_product(std::move(x), threads);
  }
  void add(operation x) {
    program_.operations.push_back(std::move(x));
    ++program_.parts.back().end;
  }
  void add_product(product_operation x, std::size_t threads) {
    x.route = route_product(table_, shape_of<T>(x), x.op, threads);
    scratch_ = std::max(scratch_, x.route.scratch());
    add(std::move(x));
  }

  const kernel_table<T>& table_;
  const layer_widths& widths_;
  step_array rows_in_ = step_array::memory;
  step_array kept_in_ = step_array::memory;
  bool first_errors_by_units_ = false;
  std::vector<layer_memory> memory_;
  std::size_t scratch_ = 0;  ///< elements, of the product that needs most
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
