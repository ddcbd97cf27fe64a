// SPDX-License-Identifier: MIT
// What a route does, as flags. Tests of the paths of products look at plans through these alone.
#pragma once

#include <twinpath/contract.hpp>

#include "gemm/route.hpp"
#include "gemm/tiles.hpp"

namespace tests {

namespace tp = twinpath;

using traits = unsigned;

// The path.
inline constexpr traits direct = 1u << 0;
inline constexpr traits transposed = 1u << 1;
inline constexpr traits blocked = 1u << 2;
// The shape.
inline constexpr traits a_transposed = 1u << 3;
inline constexpr traits b_transposed = 1u << 4;
inline constexpr traits a_aliases = 1u << 5;
inline constexpr traits b_aliases = 1u << 6;
inline constexpr traits partial_vectors = 1u << 7;  ///< columns behind the last whole vector
inline constexpr traits several_k_blocks = 1u << 8;
inline constexpr traits several_slices = 1u << 9;
// How it is computed.
inline constexpr traits packs_a = 1u << 10;
inline constexpr traits packs_a_once = 1u << 11;  ///< for all blocks of columns
inline constexpr traits packs_b = 1u << 12;       ///< on the direct path: copies it to the stack
inline constexpr traits sums_in_c = 1u << 13;
inline constexpr traits by_strips = 1u << 14;
inline constexpr traits parallel_slices = 1u << 15;
inline constexpr traits several_tile_rows = 1u << 16;  ///< several rows of tiles
inline constexpr traits tall_tiles = 1u << 17;         ///< more than eight rows
inline constexpr traits row_blocks = 1u << 18;
inline constexpr traits column_blocks = 1u << 19;
inline constexpr traits several_workers = 1u << 20;

inline traits flag(bool set, traits which) {
  return set ? which : 0;
}

template <class T>
traits traits_of(const tp::detail::product_shape& s) {
  const tp::contract::cut slices = tp::contract::slices(s.k);
  const bool several_blocks = s.k > tp::contract::block_length<T>;
  return flag(s.a_transposed, a_transposed) | flag(s.b_transposed, b_transposed) |
         flag(s.a_aliases, a_aliases) | flag(s.b_aliases, b_aliases) |
         flag(s.n % tp::detail::kernels<T>().width != 0, partial_vectors) |
         flag(several_blocks, several_k_blocks) | flag(slices.count > 1, several_slices);
}

template <class T>
traits traits_of(const tp::detail::blocked_plan& p) {
  return blocked | traits_of<T>(p.shape) | flag(p.pack_a, packs_a) | flag(p.keep_a, packs_a_once) |
         flag(p.pack_b, packs_b) | flag(p.sums_in_c, sums_in_c) | flag(p.by_strips, by_strips) |
         flag(p.parallel_slices, parallel_slices) | flag(p.block_rows() > p.tile_rows, several_tile_rows) |
         flag(p.tile_rows > 8, tall_tiles) | flag(p.row_blocks > 1, row_blocks) |
         flag(p.column_blocks > 1, column_blocks) | flag(p.workers > 1, several_workers);
}

template <class T>
traits traits_of(const tp::detail::transposed_plan& p) {
  return transposed | traits_of<T>(p.shape) | flag(p.row_blocks() > 1, row_blocks) |
         flag(p.column_blocks() > 1, column_blocks) | flag(p.workers > 1, several_workers);
}

/// Of a product on the direct path.
template <class T>
traits direct_traits(const tp::detail::product_shape& s) {
  const auto& table = tp::detail::kernels<T>();
  const bool copied = s.b_transposed && !tp::detail::is_transposed_in_place(table, s.m, s.k, s.b_aliases);
  return direct | traits_of<T>(s) | flag(copied, packs_b) | flag(s.m > table.tile_rows, several_tile_rows);
}

template <class T>
traits traits_of(const tp::detail::product_route& route) {
  switch (route.path) {
    case tp::detail::product_path::direct:
      break;
    case tp::detail::product_path::transposed:
      return traits_of<T>(route.transposed);
    case tp::detail::product_path::blocked:
      return traits_of<T>(route.blocked);
  }
  return direct_traits<T>(route.shape);
}

/// A set of routes: those with all traits of `has` and none of `lacks`.
struct routes_with {
  traits has = 0;
  traits lacks = 0;
  [[nodiscard]] constexpr bool contain(traits x) const { return (x & has) == has && (x & lacks) == 0; }
};

}  // namespace tests
