// SPDX-License-Identifier: MIT
// The micro-kernels of a tier: for each number of rows those whose accumulators fit its registers.
#pragma once

#include <utility>

#include "kernels/transposed_micro_kernel.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T, std::size_t rows, std::size_t vectors, a_layout layout, std::size_t registers>
constexpr micro_kernel<T> full_tile() {
  if constexpr (fits(rows, vectors, registers))
    return &multiply_tiles<T, rows, vectors, layout, false, registers>;
  return nullptr;
}

constexpr std::uint8_t widest_tile(std::size_t rows, std::size_t registers) {
  std::size_t i = 0;
  while (!fits(rows, tile_widths[i], registers)) ++i;
  return static_cast<std::uint8_t>(tile_widths[i]);
}

template <class T, std::size_t rows, a_layout layout, std::size_t registers>
constexpr micro_kernel<T> read_once_tile() {
  return &multiply_tiles<T, rows, widest_tile(rows, registers), layout, false, registers, true>;
}

/// Two vectors across, for few rows: with one, the chains are too few to hide the latency of a multiply-add.
template <class T, std::size_t rows, a_layout layout, std::size_t registers>
constexpr micro_kernel<T> transposed_pair() {
  if constexpr (rows <= 4 && fits_transposed(rows, 2, columns_at_once<T>, registers)) {
    return &multiply_transposed_tiles<T, rows, 2, layout, false, registers>;
  }
  return nullptr;
}

template <class T, a_layout layout, std::size_t registers, std::size_t... row>
constexpr partial_tiles<T> list_partial_tiles(std::index_sequence<row...>) {
  return {.plain = {&multiply_tiles<T, row + 1, 1, layout, true, registers>...},
          .transposed = {&multiply_transposed_tiles<T, row + 1, 1, layout, true, registers>...}};
}

template <class T, a_layout layout, std::size_t registers, std::size_t... row>
constexpr micro_kernels<T> list_micro_kernels(const partial_tiles<T>* half,
                                              std::index_sequence<row...> rows) {
  return {.full = {{{full_tile<T, row + 1, tile_widths[0], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[1], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[2], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[3], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[4], layout, registers>()...}}},
          .widest = {widest_tile(row + 1, registers)...},
          .read_once = {read_once_tile<T, row + 1, layout, registers>()...},
          .partial = list_partial_tiles<T, layout, registers>(rows),
          .half = half,
          .transposed_pair = {transposed_pair<T, row + 1, layout, registers>()...},
          .transposed = {&multiply_transposed_tiles<T, row + 1, 1, layout, false, registers>...}};
}

/// For a file that defines TWINPATH_HALF_VECTORS.
template <class T, std::size_t tile_rows, std::size_t registers>
constexpr half_tiles<T> make_half_tiles() {
  constexpr auto rows = std::make_index_sequence<tile_rows>{};
  return {list_partial_tiles<T, a_layout::columns, registers>(rows),
          list_partial_tiles<T, a_layout::rows, registers>(rows)};
}

template <class T, a_layout layout, std::size_t tile_rows, std::size_t registers>
constexpr micro_kernels<T> make_micro_kernels(const half_tiles<T>* half) {
  static_assert(tile_rows <= max_tile_rows && tile_widths.size() == 5);
  return list_micro_kernels<T, layout, registers>(
      half == nullptr ? nullptr : &(*half)[static_cast<std::size_t>(layout)],
      std::make_index_sequence<tile_rows>{});
}

}  // namespace
}  // namespace twinpath::inline v0::detail
