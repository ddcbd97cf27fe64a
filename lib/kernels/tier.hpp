// SPDX-License-Identifier: MIT
// Instantiates the generic kernels for the instruction set that the including file is compiled for.
#pragma once

#include <type_traits>

#include "kernels/activation_kernels.hpp"
#include "kernels/loss_kernels.hpp"
#include "kernels/micro_kernel_lists.hpp"
#include "kernels/pack.hpp"
#include "kernels/row_kernels.hpp"
#include "kernels/softmax_kernels.hpp"
#include "kernels/tables.hpp"
#include "kernels/update_kernels.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// `registers`: vector registers that a micro-kernel may use. `half` may be null. The other arguments as in
/// kernel_table.
template <class T, std::size_t tile_rows, std::size_t registers>
constexpr kernel_table<T> make_kernel_table(isa tier, const rows_by_vectors& tall_rows,
                                            const rows_by_vectors& tall_rows_of_few_steps,
                                            std::size_t in_place_rows, const half_tiles<T>* half) {
  return {
      .tier = tier,
      .width = width<T>,
      .tile_rows = tile_rows,
      .tall_rows = tall_rows,
      .tall_rows_of_few_steps = tall_rows_of_few_steps,
      .in_place_rows = in_place_rows,
      .products = {make_micro_kernels<T, a_layout::columns, tile_rows, registers>(half),
                   make_micro_kernels<T, a_layout::rows, tile_rows, registers>(half)},
      .pack_columns = &pack_columns<T>,
      .pack_rows = &pack_rows<T>,
      .finish_row = &finish_row<T>,
      .finish_columns = &finish_columns<T>,
      .add = &add<T>,
      .column_chain = &column_chain<T>,
      .column_sums = &column_sums<T>,
      .column_descent = &column_descent<T>,
      .row_sum = &row_sum<T>,
      .sum_of_squares = &sum_of_squares<T>,
      .scale = &scale_by<T>,
      .softmax = &softmax<T>,
      .cross_entropy = &cross_entropy<T>,
      .sigmoid_cross_entropy = &sigmoid_cross_entropy<T>,
      .squared_error = &squared_error<T>,
      .cross_entropy_classes = &cross_entropy_classes<T>,
      .activate = make_activate<T>(),
      .exp = &exp<T>,
      .log = &log<T>,
      .erf = &erf<T>,
      .take_back = make_take_back<T>(),
      .sgd_update = &sgd_update<T>,
      .decayed_update = &decayed_update<T>,
      .momentum_update = &momentum_update<false, T>,
      .nesterov_update = &momentum_update<true, T>,
      .adam_update = &adam_update<T>,
  };
}

/// The same tiles for any k; a transposed B is packed for more than one of them.
template <class T, std::size_t tile_rows, std::size_t registers>
constexpr kernel_table<T> make_kernel_table(isa tier, const rows_by_vectors& tall_rows) {
  return make_kernel_table<T, tile_rows, registers>(tier, tall_rows, tall_rows, tile_rows, nullptr);
}

}  // namespace
}  // namespace twinpath::inline v0::detail
