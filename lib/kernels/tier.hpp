// SPDX-License-Identifier: MIT
// Instantiates the generic kernels for the instruction set that the including file is compiled for.
#pragma once

#include <type_traits>
#include <utility>

#include "kernels/activation_kernels.hpp"
#include "kernels/elementwise_kernels.hpp"
#include "kernels/finish.hpp"
#include "kernels/loss_kernels.hpp"
#include "kernels/micro_kernel_lists.hpp"
#include "kernels/pack.hpp"
#include "kernels/softmax_kernels.hpp"
#include "kernels/sum_kernels.hpp"
#include "kernels/tables.hpp"
#include "kernels/update_kernels.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The parameters of a tier; kernel_table documents the members of the same names.
template <class T>
struct tier_parameters {
  isa tier;
  std::size_t registers;  ///< vector registers that a micro-kernel may use
  std::size_t tile_rows;
  rows_by_vectors tall_rows;
  rows_by_vectors tall_rows_of_few_steps = tall_rows;
  std::size_t in_place_rows = tile_rows;
  const half_tiles<T>* half = nullptr;
};

/// An entry for each enumerator: make.operator()<enumerator>().
template <class Option, class Make>
constexpr auto list_by_option(const Make& make) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    using entry = decltype(make.template operator()<Option{}>());
    return by_option<Option, entry>{{make.template operator()<static_cast<Option>(i)>()...}};
  }
  (std::make_index_sequence<option_count<Option>>{});
}

template <class T, tier_parameters<T> p>
constexpr kernel_table<T> make_kernel_table() {
  return {
      .tier = p.tier,
      .width = width<T>,
      .tile_rows = p.tile_rows,
      .tall_rows = p.tall_rows,
      .tall_rows_of_few_steps = p.tall_rows_of_few_steps,
      .in_place_rows = p.in_place_rows,
      .products = {make_micro_kernels<T, a_layout::columns, p.tile_rows, p.registers>(p.half),
                   make_micro_kernels<T, a_layout::rows, p.tile_rows, p.registers>(p.half)},
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
      .losses = list_by_option<loss>([]<loss which>() { return loss_kernel<which, T>(); }),
      .cross_entropy_classes = &cross_entropy_classes<T>,
      .activate = list_by_option<activation>([]<activation f>() { return &activate<f, T>; }),
      .apply_derivative = list_by_option<activation>([]<activation f>() { return &apply_derivative<f, T>; }),
      .exp = &exp<T>,
      .log = &log<T>,
      .erf = &erf<T>,
      .sgd_update = &sgd_update<T>,
      .updates = make_updates<T>(),
  };
}

}  // namespace
}  // namespace twinpath::inline v0::detail
