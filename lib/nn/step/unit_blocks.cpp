// SPDX-License-Identifier: MIT
// Blocks of units: each task keeps to its columns of W on the way forward and to its rows of W on the way
// back.
#include <algorithm>

#include "nn/step/builder.hpp"
#include "runtime/cache.hpp"
#include "runtime/phases.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The units of block i of `count` blocks of a layer, cut between whole vectors.
unit_range units_of(std::size_t units, std::size_t i, std::size_t count, std::size_t width) {
  const auto begin = [&](std::size_t block) {
    return block == count ? units : divide_up(units, width) * block / count * width;
  };
  return {begin(i), begin(i + 1)};
}

}  // namespace

template <class T>
void emit_unit_blocks(program_builder<T>& to) {
  const step_shape& s = to.shape;
  const std::size_t last = to.layers - 1;
  const row_range all = to.all_rows();
  const std::size_t blocks = std::min(s.threads, phases::most_parts);
  const auto units = [&](std::size_t l, std::size_t i) {
    return units_of(to.outputs(l), i, blocks, to.vector_width());
  };

  to.program().order = phase_order::together;
  to.program().workers = blocks;
  to.reserve_activations(s.rows);
  to.reserve_errors(s.rows);
  to.keep_first_errors_by_units();
  to.reserve_losses();
  to.reserve_gradients();

  for (std::size_t l = 0; l < last; ++l) {
    to.begin_phase();
    for (std::size_t i = 0; i < blocks; ++i) {
      to.begin_part();
      to.forward(l, all, units(l, i));
    }
  }
  to.begin_phase();
  for (std::size_t i = 0; i < blocks; ++i) {
    const row_range rows = block_of(s.rows, i, blocks);
    to.begin_part();
    to.forward(last, rows, to.all_units(last));
    to.loss(rows);
  }
  for (std::size_t l = last; l > 0; --l) {
    to.begin_phase();
    for (std::size_t i = 0; i < blocks; ++i) {
      const unit_range below = units(l - 1, i);
      to.begin_part();
      to.backprop(l, all, below);
      to.weights(l, all, below);
      to.bias(l, all, units(l, i));
      if (l != 1) continue;
      to.first_weights(all, below);
      to.bias(0, all, below);
    }
    to.complete(l);
    if (l == 1) to.complete(0);
  }
  to.reserve_scratch(blocks);
}

template void emit_unit_blocks(program_builder<float>&);
template void emit_unit_blocks(program_builder<double>&);

}  // namespace twinpath::inline v0::detail
