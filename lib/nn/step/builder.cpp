// SPDX-License-Identifier: MIT
#include "nn/step/builder.hpp"

#include <algorithm>

#include <twinpath/contract/sums.hpp>

#include "nn/layer/layer.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {
namespace {

unsigned number(std::size_t l) noexcept {
  return static_cast<unsigned>(l + 1);
}

place parameters_of(std::size_t l, std::size_t offset) noexcept {
  return {step_array::parameters, static_cast<unsigned>(l), offset};
}

}  // namespace

template <class T>
program_builder<T>::program_builder(const kernel_table<T>& table, const layer_widths& widths,
                                    const step_shape& s)
    : shape(s), layers(widths.size() - 1), table_(table), widths_(widths), memory_(layers) {
  program_.activations.resize(layers);
}

// --- memory -----------------------------------------------------------------------------------------------

template <class T>
std::size_t program_builder<T>::reserve(std::size_t elements) {
  const std::size_t offset = program_.elements;
  // Whole vectors may be read and written at the end of an array.
  program_.elements += round_up(elements, 16) + 16;
  return offset;
}

template <class T>
void program_builder<T>::reserve_activations(std::size_t rows, step_array in) {
  rows_in_ = in;
  for (std::size_t l = 0; l < layers; ++l) {
    memory_[l].activations = program_.activations[l] = reserve(rows * outputs(l));
    if (!is_last(l) && keeps_scores(shape.hidden)) memory_[l].scores = reserve(rows * outputs(l));
  }
}

template <class T>
void program_builder<T>::reserve_errors(std::size_t rows) {
  for (std::size_t l = 0; l < layers; ++l) memory_[l].errors = reserve(rows * outputs(l));
}

template <class T>
void program_builder<T>::reserve_alternating_errors(std::size_t rows) {
  std::size_t width[2] = {0, 0};
  for (std::size_t l = 0; l < layers; ++l) width[l % 2] = std::max(width[l % 2], outputs(l));
  const std::size_t errors[2] = {reserve(rows * width[0]), reserve(rows * width[1])};
  for (std::size_t l = 0; l < layers; ++l) memory_[l].errors = errors[l % 2];
}

template <class T>
void program_builder<T>::reserve_losses() {
  program_.losses = reserve(shape.rows);
  program_.loss_scratch = reserve(loss_scratch(shape.rows));
}

template <class T>
void program_builder<T>::reserve_chains() {
  const std::size_t chains = divide_up(shape.rows, contract::sum_rows);
  for (std::size_t l = 0; l < layers; ++l) memory_[l].chains = reserve(chains * outputs(l));
}

template <class T>
void program_builder<T>::reserve_shared_chains() {
  std::size_t most = 0;
  for (std::size_t l = 0; l < layers; ++l)
    most = std::max(most, column_sums_scratch<T>(shape.rows, outputs(l)));
  const std::size_t chains = reserve(most);
  for (layer_memory& memory : memory_) memory.chains = chains;
}

template <class T>
void program_builder<T>::reserve_gradients() {
  if (shape.gradients != gradient_use::update) return;
  for (std::size_t l = 0; l < layers; ++l) memory_[l].weight_gradient = reserve(inputs(l) * outputs(l));
}

template <class T>
void program_builder<T>::reserve_alternating_gradients(const std::vector<bool>& kept) {
  if (!shape.updates()) return;
  std::size_t most = 0;
  for (std::size_t l = 0; l < layers; ++l) {
    if (kept[l] || shape.gradients == gradient_use::update) most = std::max(most, inputs(l) * outputs(l));
  }
  const std::size_t gradients[2] = {reserve(most), reserve(most)};
  for (std::size_t l = 0; l < layers; ++l) memory_[l].weight_gradient = gradients[l % 2];
}

template <class T>
void program_builder<T>::reserve_sums(std::size_t slices) {
  std::size_t elements = 0;
  for (std::size_t l = 0; l < layers; ++l) {
    memory_[l].sums = elements;
    elements += round_up(inputs(l) * outputs(l), 16);
  }
  program_.sums_size = memory_.back().sums + inputs(layers - 1) * outputs(layers - 1);
  program_.sums_stride = elements;
  program_.sums = reserve(slices * elements);
}

template <class T>
void program_builder<T>::reserve_scratch(std::size_t slots) {
  const std::size_t widest = *std::max_element(widths_.begin() + 1, widths_.end());
  const std::size_t gap = gap_between<T>(slots);
  program_.scratch_stride = round_up(std::max(scratch_, widest), 16) + 16 + gap;
  program_.scratch = reserve(gap + slots * program_.scratch_stride) + gap;
}

// --- structure --------------------------------------------------------------------------------------------

template <class T>
void program_builder<T>::begin_phase() {
  program_.phases.push_back({program_.parts.size(), program_.parts.size(), {}});
}

template <class T>
void program_builder<T>::begin_part() {
  program_.parts.push_back({program_.operations.size(), program_.operations.size()});
  ++program_.phases.back().end;
}

template <class T>
void program_builder<T>::complete(std::size_t l) {
  program_.phases.back().complete.push_back(static_cast<unsigned>(l));
}

template <class T>
void program_builder<T>::add(operation x) {
  program_.operations.push_back(std::move(x));
  ++program_.parts.back().end;
}

template <class T>
void program_builder<T>::add_product(product_operation x, std::size_t threads) {
  x.route = route_product(table_, shape_of<T>(x), x.op, threads);
  scratch_ = std::max(scratch_, x.route.scratch());
  add(std::move(x));
}

// --- places -----------------------------------------------------------------------------------------------

template <class T>
matrix_place program_builder<T>::rows_at(std::size_t offset, std::size_t l, row_range rows) const noexcept {
  const std::size_t n = outputs(l);
  return {{rows_in_, 0, offset + rows.first * n}, rows.count, n, n};
}

template <class T>
matrix_place program_builder<T>::input(std::size_t l, row_range rows) const noexcept {
  if (l != 0) return rows_at(memory_[l - 1].activations, l - 1, rows);
  return {{step_array::input, 0, rows.first * shape.x_stride}, rows.count, inputs(0), shape.x_stride};
}

template <class T>
matrix_place program_builder<T>::errors(std::size_t l, row_range rows, unit_range units) const noexcept {
  if (l == 0 && first_errors_by_units_) {
    const std::size_t n = units.size();
    return {{rows_in_, 0, memory_[0].errors + shape.rows * units.begin}, rows.count, n, n};
  }
  return columns_of(rows_at(memory_[l].errors, l, rows), units.begin, units.size());
}

template <class T>
matrix_place program_builder<T>::weights_of(std::size_t l) const noexcept {
  return {parameters_of(l, 0), inputs(l), outputs(l), outputs(l)};
}

template <class T>
matrix_place program_builder<T>::kept_weights_of(std::size_t l) const noexcept {
  return {{step_array::memory, 0, memory_[l].weight_gradient}, inputs(l), outputs(l), outputs(l)};
}

template <class T>
matrix_place program_builder<T>::weight_gradients_of(std::size_t l) const noexcept {
  matrix_place dW = weights_of(l);
  if (shape.gradients == gradient_use::update) return kept_weights_of(l);
  if (shape.gradients != gradient_use::descend) dW.at.in = step_array::gradients;
  return dW;
}

template <class T>
place program_builder<T>::chains_of(std::size_t l) const noexcept {
  return {step_array::memory, 0, memory_[l].chains};
}

// --- the forward pass -------------------------------------------------------------------------------------

template <class T>
void program_builder<T>::forward(std::size_t l, row_range rows, unit_range units, std::size_t threads) {
  const activation f = is_last(l) ? activation::identity : shape.hidden;
  const matrix_place A = columns_of(rows_at(memory_[l].activations, l, rows), units.begin, units.size());
  product_operation x;
  x.label = {"Z", number(l)};
  x.A = input(l, rows);
  x.B = columns_of(weights_of(l), units.begin, units.size());
  x.C = A;
  x.op = forward_op(f);
  x.beside = {parameters_of(l, inputs(l) * outputs(l) + units.begin), 1, units.size(), units.size()};
  if (keeps_scores(f)) x.C = columns_of(rows_at(memory_[l].scores, l, rows), units.begin, units.size());
  if (!fits_store(f)) {
    x.follow = step_follow::activate;
    x.followed = A;
  }
  add_product(std::move(x), threads);
}

template <class T>
void program_builder<T>::loss(row_range rows, bool shared) {
  const std::size_t last = layers - 1;
  add(loss_operation{rows_at(memory_[last].activations, last, rows),
                     errors(last, rows, all_units(last)),
                     rows.first,
                     {step_array::memory, 0, program_.losses},
                     shared});
}

// --- the backprop path ------------------------------------------------------------------------------------

template <class T>
void program_builder<T>::backprop(std::size_t l, row_range rows, unit_range below, std::size_t threads) {
  product_operation x;
  x.A = errors(l, rows, all_units(l));
  x.B = {parameters_of(l, below.begin * outputs(l)), below.size(), outputs(l), outputs(l)};
  x.b_transposed = true;
  if (l == 0) {
    x.label = {"dX"};
    x.C = {
        {step_array::input_error, 0, rows.first * shape.dx_stride}, rows.count, inputs(0), shape.dx_stride};
    return add_product(std::move(x), threads);
  }
  const std::size_t from = keeps_scores(shape.hidden) ? memory_[l - 1].scores : memory_[l - 1].activations;
  const matrix_place kept = columns_of(rows_at(from, l - 1, rows), below.begin, below.size());
  x.label = {"dZ", number(l - 1)};
  x.C = errors(l - 1, rows, below);
  x.op = backprop_op(shape.hidden);
  if (x.op == epilogue_op::mask) x.beside = kept;
  if (!fits_store(shape.hidden)) {
    x.follow = step_follow::derivative;
    x.followed = kept;
  }
  add_product(std::move(x), threads);
}

// --- the parameter path -----------------------------------------------------------------------------------

template <class T>
product_operation program_builder<T>::gradient(std::size_t l, row_range rows, unit_range from,
                                               const matrix_place& C) const {
  product_operation x;
  x.label = {"dW", number(l)};
  x.A = columns_of(input(l, rows), from.begin, from.size());
  x.a_transposed = true;
  x.B = errors(l, rows, all_units(l));
  x.C = C;
  x.C.at.offset += from.begin * C.stride;
  x.C.rows = from.size();
  return x;
}

/// To where the step wants it, with the update if it does update. `first` is the first weight.
template <class T>
void program_builder<T>::add_gradient(product_operation x, std::size_t l, std::size_t first,
                                      std::size_t threads) {
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
      x.followed = {parameters_of(l, first), x.C.rows, x.C.cols, x.C.stride};
      break;
    default:
      break;
  }
  add_product(std::move(x), threads);
}

template <class T>
void program_builder<T>::weights(std::size_t l, row_range rows, unit_range from, std::size_t threads) {
  add_gradient(gradient(l, rows, from, weight_gradients_of(l)), l, from.begin * outputs(l), threads);
}

template <class T>
void program_builder<T>::first_weights(row_range rows, unit_range units) {
  product_operation x =
      gradient(0, rows, {0, inputs(0)}, columns_of(weight_gradients_of(0), units.begin, units.size()));
  x.B = errors(0, rows, units);
  add_gradient(std::move(x), 0, units.begin, 1);
}

template <class T>
void program_builder<T>::kept_weights(std::size_t l, row_range rows, std::size_t threads) {
  if (!shape.updates()) return weights(l, rows, {0, inputs(l)}, threads);
  add_product(gradient(l, rows, {0, inputs(l)}, kept_weights_of(l)), threads);
}

template <class T>
void program_builder<T>::summed_weights(std::size_t l, row_range rows, bool adds) {
  const matrix_place sums{{step_array::sums, 0, memory_[l].sums}, inputs(l), outputs(l), outputs(l)};
  product_operation x = gradient(l, rows, {0, inputs(l)}, sums);
  if (adds) x.op = epilogue_op::blend;
  add_product(std::move(x), 1);
}

template <class T>
void program_builder<T>::chains(std::size_t l, row_range rows) {
  add(chains_operation{static_cast<unsigned>(l), errors(l, rows, all_units(l)), rows.first, chains_of(l)});
}

template <class T>
void program_builder<T>::fold(std::size_t l) {
  add(fold_operation{static_cast<unsigned>(l), chains_of(l), divide_up(shape.rows, contract::sum_rows)});
}

template <class T>
void program_builder<T>::bias(std::size_t l, row_range rows, unit_range units, bool shared) {
  add(bias_operation{static_cast<unsigned>(l), errors(l, rows, units), units.begin, chains_of(l), shared});
}

template <class T>
void program_builder<T>::update(std::size_t l) {
  add(update_operation{static_cast<unsigned>(l), kept_weights_of(l).at});
}

template <class T>
void program_builder<T>::update_from_sums(std::size_t l) {
  add(update_operation{static_cast<unsigned>(l), {step_array::sums, 0, memory_[l].sums}});
}

template class program_builder<float>;
template class program_builder<double>;

}  // namespace twinpath::inline v0::detail
