// SPDX-License-Identifier: MIT
#include "nn/step/form.hpp"

#include <algorithm>

#include <twinpath/contract/products.hpp>
#include <twinpath/contract/sums.hpp>

#include "nn/step/measured_choice.hpp"
#include "runtime/task_work.hpp"

namespace twinpath::inline v0::detail {
namespace {

// Measured on AMD EPYC (Zen 4) and Intel Xeon (Sapphire Rapids), two cores, 2026.
/// Bytes of all weights up to which the backward pass is fused: dW is read and written once for each block of
/// rows and has to stay in an L2 cache beside the block.
constexpr std::size_t fused_weights = 1 << 20;
/// Bytes of all dW that slices computed at the same time may take.
constexpr std::size_t fused_slices = 16 << 20;
/// Rows up to which the backward pass is fused: its program is made slice by slice.
constexpr std::size_t most_fused_rows = std::size_t{1} << 30;
/// Weights up to which blocks of units pay. A wide layer's block reads a part of each row of W, which crowds
/// into a part of the caches.
constexpr std::size_t unit_block_weights = 32 * 1024;
/// The same for a candidate.
constexpr std::size_t most_unit_block_weights = 1024 * 1024;
/// Rows for each thread from which blocks of rows pay: two register tiles.
constexpr std::size_t least_block_rows = 16;

/// Multiply-adds of the chain from Z1 to dZ1.
double chain_work(const layer_widths& widths, std::size_t rows) noexcept {
  const std::size_t forward = all_weights(widths);
  return static_cast<double>(rows) * static_cast<double>(2 * forward - widths[0] * widths[1]);
}

/// Whether slices of the batch begin where chains of the column sums do.
bool slices_keep_chains(std::size_t rows) noexcept {
  const contract::cut slices = contract::slices(rows);
  for (std::size_t s = 1; s < slices.count; ++s) {
    if (slices.begin(s) % contract::sum_rows != 0) return false;
  }
  return true;
}

template <class T>
bool can_fuse(const layer_widths& widths, const step_shape& s) noexcept {
  const std::size_t weights = all_weights(widths) * sizeof(T);
  if (s.gradients == gradient_use::ignore || weights > fused_weights) return false;
  if (s.rows <= contract::block_length<T> || s.rows > most_fused_rows) return false;
  const std::size_t slices = contract::slices(s.rows).count;
  return s.threads == 1 ||
         (slices >= s.threads && slices * weights <= fused_slices && slices_keep_chains(s.rows));
}

/// Whether blocks of units can be computed and could pay: a candidate, of which the model is more selective.
bool may_use_unit_blocks(const layer_widths& widths, const step_shape& s, std::size_t vector_width) {
  if (s.wants_input_error() || widths.size() < 3 || s.gradients == gradient_use::ignore) return false;
  const auto is_wide = [&](std::size_t units) { return units >= s.threads * vector_width; };
  return all_weights(widths) <= most_unit_block_weights &&
         std::all_of(widths.begin() + 1, widths.end() - 1, is_wide);
}

/// Whether blocks of rows would move more weights between the threads than blocks of units move activations.
bool wants_unit_blocks(const layer_widths& widths, const step_shape& s, std::size_t vector_width) {
  if (s.wants_input_error()) return false;  // dX needs all of the first layer's dZ
  const std::size_t layers = widths.size() - 1;
  std::size_t units = 0;
  for (std::size_t l = 1; l < layers; ++l) {
    units += widths[l];
    if (widths[l] < 2 * s.threads * vector_width) return false;
  }
  const std::size_t weights = all_weights(widths);
  return layers > 1 && weights <= unit_block_weights && s.rows * units < weights;
}

}  // namespace

std::size_t all_weights(const layer_widths& widths) noexcept {
  std::size_t sum = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) sum += widths[l - 1] * widths[l];
  return sum;
}

bool worth_sharing(const layer_widths& widths, std::size_t rows) noexcept {
  return chain_work(widths, rows) >= 2 * task_work;
}

template <class T>
form_choice choose_form(const kernel_table<T>& table, const layer_widths& widths, const step_shape& s) {
  if (s.gradients == gradient_use::ignore) return {step_form::operations, "no gradients"};
  if (s.how == schedule::sequential || s.how == schedule::concurrent)
    return {step_form::operations, "the schedule of the options"};
  if (can_fuse<T>(widths, s))
    return {step_form::fused_backward, "the batch is long and all dW stay in a near cache"};
  if (s.how == schedule::row_blocks) return {step_form::row_blocks, "the schedule of the options"};
  if (s.threads == 1) return {step_form::operations, "one thread, and few rows or wide layers"};
  if (wants_unit_blocks(widths, s, table.width))
    return {step_form::unit_blocks, "weights outweigh what layers exchange"};
  if (s.rows >= s.threads * least_block_rows) return {step_form::row_blocks, "enough rows for each thread"};
  return {step_form::operations, "too few rows to share them"};
}

template <class T>
std::vector<step_candidate> candidates_for(const kernel_table<T>& table, const layer_widths& widths,
                                           const step_shape& shape) {
  std::vector<step_candidate> all{{shape, choose_form(table, widths, shape)}};
  if (shape.how != schedule::automatic || shape.choice == choice::fixed) return all;
  const auto add = [&](step_form form, step_shape s, schedule how = schedule::automatic) {
    if (all.size() == measured_choice::most_candidates) return;
    s.how = how;
    const auto is_same = [&](const step_candidate& x) {
      return x.choice.form == form && x.shape.threads == s.threads &&
             (form != step_form::operations || (s.threads == 1 || x.shape.how == how));
    };
    if (std::none_of(all.begin(), all.end(), is_same)) all.push_back({s, {form, "a candidate"}});
  };
  const auto add_all = [&](std::size_t threads) {
    step_shape s = shape;
    s.threads = threads;
    const bool has_gradients = s.gradients != gradient_use::ignore;
    if (can_fuse<T>(widths, s)) add(step_form::fused_backward, s);
    add(step_form::operations, s, schedule::sequential);
    if (threads == 1) return;
    if (has_gradients && s.rows >= 2 * threads) add(step_form::row_blocks, s);
    if (may_use_unit_blocks(widths, s, table.width)) add(step_form::unit_blocks, s);
    if (has_gradients) add(step_form::operations, s, schedule::concurrent);
  };
  add_all(1);
  if (shape.threads > 1) add_all(shape.threads);
  for (std::size_t threads = 2; threads < shape.threads; threads *= 2) add_all(threads);
  return all;
}

template form_choice choose_form(const kernel_table<float>&, const layer_widths&, const step_shape&);
template form_choice choose_form(const kernel_table<double>&, const layer_widths&, const step_shape&);
template std::vector<step_candidate> candidates_for(const kernel_table<float>&, const layer_widths&,
                                                    const step_shape&);
template std::vector<step_candidate> candidates_for(const kernel_table<double>&, const layer_widths&,
                                                    const step_shape&);

}  // namespace twinpath::inline v0::detail
