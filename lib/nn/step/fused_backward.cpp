// SPDX-License-Identifier: MIT
// A task takes a block of rows through both paths and adds its part of every dW; nothing else of it is kept.
// The program has a phase for each kind of block, and a last one that applies the sums.
#include <algorithm>

#include <twinpath/contract/products.hpp>

#include "nn/step/builder.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
void emit_block(program_builder<T>& to, const step_program::block_kind& kind) {
  const row_range rows{0, kind.rows};
  to.begin_phase();
  to.begin_part();
  for (std::size_t l = 0; l < to.layers; ++l) to.forward(l, rows, to.all_units(l));
  to.loss(rows);
  for (std::size_t l = to.layers; l-- > 0;) {
    to.chains(l, rows);
    to.summed_weights(l, rows, !kind.first);
    if (l > 0 || to.shape.wants_input_error()) to.backprop(l, rows, {0, to.inputs(l)});
  }
}

}  // namespace

template <class T>
void emit_fused_backward(program_builder<T>& to) {
  const step_shape& s = to.shape;
  step_program& program = to.program();
  const contract::cut slices = contract::slices(s.rows);
  std::size_t most_rows = 0;
  for (std::size_t i = 0; i < slices.count; ++i) {
    const contract::cut blocks = contract::blocks<T>(slices.begin(i + 1) - slices.begin(i));
    for (std::size_t b = 0; b < blocks.count; ++b) {
      const step_program::block_kind kind{blocks.begin(b + 1) - blocks.begin(b), b == 0};
      most_rows = std::max(most_rows, kind.rows);
      if (std::ranges::find(program.block_kinds, kind) == program.block_kinds.end())
        program.block_kinds.push_back(kind);
    }
  }

  program.order = phase_order::by_slice;
  program.workers = std::min(s.threads, slices.count);
  if (!s.updates()) to.reserve_activations(s.rows, step_array::rows);  // they are kept for the caller
  const std::size_t before = to.reserved();
  if (s.updates()) to.reserve_activations(most_rows, step_array::block);
  to.reserve_alternating_errors(most_rows, step_array::block);
  to.reserve_gap(program.workers);
  program.block_stride = to.reserved() - before;
  to.reserve((program.workers - 1) * program.block_stride);
  to.reserve_losses();
  to.reserve_chains();
  // A single worker adds each slice as soon as it is complete.
  to.reserve_sums(program.workers == 1 ? std::min<std::size_t>(2, slices.count) : slices.count);

  for (const step_program::block_kind& kind : program.block_kinds) emit_block(to, kind);
  to.begin_phase();
  to.begin_part();
  for (std::size_t l = 0; l < to.layers; ++l) {
    to.use_sums(l);
    to.fold(l);
    to.complete(l);
  }
  to.reserve_scratch(program.workers);
}

template void emit_fused_backward(program_builder<float>&);
template void emit_fused_backward(program_builder<double>&);

}  // namespace twinpath::inline v0::detail
