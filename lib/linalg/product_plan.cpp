// SPDX-License-Identifier: MIT
#include "linalg/product_plan.hpp"

#include <algorithm>

#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Rows of a packed block of A: with the longest block of k in float 350 KiB, so that it stays in the L2
/// cache while the slivers of B pass by.
constexpr std::size_t block_rows_limit = 280;
/// Columns of a block of C.
constexpr std::size_t block_columns_limit = 2048;
/// Bytes of B that are packed at a time.
constexpr std::size_t panel_bytes = 16 << 20;
/// Elements of C up to which the slices of k may be tasks of their own.
constexpr std::size_t apart_elements = 128 * 128;

/// B is packed when it has to be transposed for more than one tile of rows, or when it is too large to be
/// read in place again and again for each tile of rows: a column of tiles walks down one cache line and, in a
/// wide matrix, one page a row.
template <class T>
bool wants_packed_b(const product_plan& p) {
  const product_shape& s = p.shape;
  const std::size_t tiles = divide_up(s.m, p.tile_rows);
  if (s.b_transposed) return tiles > 1;
  return tiles > (s.b_aliases ? 1 : 4) && s.k * s.n * sizeof(T) > 64 * 1024;
}

/// A is packed when it is read for many columns and does not stay in the L1 cache meanwhile.
template <class T>
bool wants_packed_a(const product_plan& p) {
  const product_shape& s = p.shape;
  const std::size_t slivers = divide_up(s.n, p.sliver);
  return slivers > 4 && s.m > 2 * p.tile_rows && s.m * s.k * sizeof(T) > 64 * 1024;
}

}  // namespace

template <class T>
void size_scratch(product_plan& p) {
  const contract::cut slices = contract::slices(p.shape.k);
  const std::size_t longest_slice = slices.begin(1) - slices.begin(0) + 16;
  const std::size_t blocks = contract::blocks<T>(longest_slice).count;
  p.packed_b = p.packed_a = p.total_sums = p.slice_sums = p.apart_sums = 0;
  if (p.pack_b) p.packed_b = round_up(p.shape.k * p.padded(p.panel), 16);
  // A sliver is stored in whole vectors, which reach behind its end.
  if (p.pack_a) p.packed_a = round_up((p.block_rows() + 1) * contract::block_length<T> + p.width, 16);
  const std::size_t block = round_up((p.block_rows() + 1) * p.block_columns, 16);
  if (p.slices_apart) {
    p.apart_sums = round_up(slices.count * p.shape.m * p.shape.n, 16);
  } else {
    if (!p.sums_in_c && (blocks > 1 || slices.count > 1)) p.total_sums = block;
    if (slices.count > 1) p.slice_sums = block;
  }
}

template <class T>
product_plan plan_product(const kernel_table<T>& table, const product_shape& shape, finish end,
                          std::size_t threads) {
  product_plan p;
  p.shape = shape;
  p.width = table.width;
  p.tile_rows = table.tile_rows;
  p.sliver = table.tile_vectors * table.width;
  p.pack_b = wants_packed_b<T>(p);
  p.pack_a = wants_packed_a<T>(p);
  // Rows that are read in place side by side must not evict each other: an L1 cache has at least 8 ways.
  if (!p.pack_a && !shape.a_transposed && shape.a_aliases)
    p.tile_rows = std::min<std::size_t>(p.tile_rows, 7);
  p.sums_in_c = end != finish::scale && end != finish::blend;

  p.workers = useful_workers(multiply_adds(shape), task_work, threads);
  const contract::cut slices = contract::slices(shape.k);

  const std::size_t panel_limit =
      std::max<std::size_t>(1, panel_bytes / sizeof(T) / std::max<std::size_t>(1, shape.k));
  p.panel = p.pack_b ? std::min(shape.n, round_up(panel_limit, p.sliver)) : shape.n;

  // Blocks of C: rows first, because what is packed of B serves all rows.
  p.row_blocks = std::max<std::size_t>(1, divide_up(shape.m, block_rows_limit));
  p.block_columns = std::min(round_up(std::max<std::size_t>(1, shape.n), p.sliver),
                             round_up(block_columns_limit, p.sliver));
  if (p.workers > 1) {
    p.slices_apart = slices.count >= p.workers && shape.m * shape.n <= apart_elements;
    if (!p.slices_apart) {
      const std::size_t most_rows = std::max<std::size_t>(1, shape.m / p.tile_rows);
      p.row_blocks = std::min(most_rows, round_up(p.row_blocks, p.workers));
      const std::size_t columns = std::max<std::size_t>(1, p.workers / p.row_blocks);
      p.block_columns = std::min(p.block_columns, round_up(divide_up(shape.n, columns), p.sliver));
    }
  }

  size_scratch<T>(p);
  return p;
}

template void size_scratch<float>(product_plan&);
template void size_scratch<double>(product_plan&);
template product_plan plan_product(const kernel_table<float>&, const product_shape&, finish, std::size_t);
template product_plan plan_product(const kernel_table<double>&, const product_shape&, finish, std::size_t);

}  // namespace twinpath::inline v0::detail
