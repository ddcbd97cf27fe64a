// SPDX-License-Identifier: MIT
// Blocks of rows from Z1 to dZ1, then parts of the rows of every dW. The two paths of a layer never wait for
// each other: all of the backprop path comes first, then all of the parameter path.
#include <algorithm>

#include <twinpath/contract/sums.hpp>

#include "nn/step/builder.hpp"
#include "runtime/cache.hpp"
#include "runtime/phases.hpp"

namespace twinpath::inline v0::detail {
namespace {

constexpr std::size_t chain = contract::sum_rows;

/// The rows of a block whose chains of column sums no other block has a share in.
row_range own_chains(row_range rows, std::size_t all) {
  const std::size_t end = rows.first + rows.count;
  const std::size_t first = round_up(rows.first, chain);
  const std::size_t last = end == all ? end : end / chain * chain;
  return {first, last > first ? last - first : 0};
}

}  // namespace

template <class T>
void emit_row_blocks(program_builder<T>& to) {
  const step_shape& s = to.shape;
  const std::size_t layers = to.layers;
  const std::size_t blocks = std::min({s.threads, phases::most_parts, std::max<std::size_t>(1, s.rows)});

  to.program().order = phase_order::together;
  to.program().workers = blocks;
  to.reserve_activations(s.rows);
  to.reserve_errors(s.rows);
  to.reserve_losses();
  to.reserve_chains();
  to.reserve_gradients();

  to.begin_phase();
  for (std::size_t i = 0; i < blocks; ++i) {
    const row_range rows = block_of(s.rows, i, blocks);
    to.begin_part();
    for (std::size_t l = 0; l < layers; ++l) to.forward(l, rows, to.all_units(l));
    to.loss(rows);
    for (std::size_t l = layers; l-- > 0;) {
      const row_range own = own_chains(rows, s.rows);
      if (own.count != 0) to.chains(l, own);
      if (l > 0 || s.wants_input_error()) to.backprop(l, rows, {0, to.inputs(l)});
    }
  }

  to.begin_phase();
  for (std::size_t i = 0; i < blocks; ++i) {
    to.begin_part();
    for (std::size_t l = 0; l < layers; ++l) {
      const row_range part = block_of(to.inputs(l), i, blocks);
      to.weights(l, to.all_rows(), {part.first, part.first + part.count});
      if (l % blocks != i) continue;
      // The chains that two blocks share.
      std::size_t before = s.rows;
      for (std::size_t b = 1; b < blocks; ++b) {
        const std::size_t cut = block_of(s.rows, b, blocks).first;
        const std::size_t first = cut / chain * chain;
        if (cut == first || first == before) continue;
        to.chains(l, {first, std::min(chain, s.rows - first)});
        before = first;
      }
      to.fold(l);
    }
  }
  for (std::size_t l = 0; l < layers; ++l) to.complete(l);
  to.reserve_scratch(blocks);
}

template void emit_row_blocks(program_builder<float>&);
template void emit_row_blocks(program_builder<double>&);

}  // namespace twinpath::inline v0::detail
