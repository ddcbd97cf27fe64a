// SPDX-License-Identifier: MIT
#include "gemm/blocked_plan.hpp"

#include <algorithm>

#include "gemm/tiles.hpp"
#include "runtime/cache.hpp"
#include "runtime/parallel.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Bytes of B for the columns of a block of C that stay in an L2 cache, beside what else passes by: of one
/// block of k while tiles of rows pass by, or over all of k while strips of rows do. Less of them where A is
/// packed once and passes by as well for each block of columns.
constexpr std::size_t block_bytes = 640 * 1024;
constexpr std::size_t block_bytes_beside_a = 384 * 1024;
/// The fewest columns of a block for which strips pay, because each block reads all of A. Read in place B has
/// to fit as a whole: part of each row would crowd into part of the cache.
constexpr std::size_t strip_columns = 320;
/// Rows of a block of C whose sums are kept outside of it.
constexpr std::size_t most_summed_rows = 512;
/// Columns for which they are kept beside those of other blocks, to pack A once.
constexpr std::size_t most_summed_columns = 2048;
/// Elements of C up to which the slices of k may be tasks of their own.
constexpr std::size_t apart_elements = 128 * 128;

/// Most rows of A that are read side by side where they evict each other: any L1 cache has as many ways.
constexpr std::size_t aliasing_rows = 8;

/// The register tiles for the blocks of C.
template <class T>
tile_choice choose_tile(const kernel_table<T>& table, const product_plan& p) {
  const bool aliasing = p.shape.a_aliases && !p.shape.a_transposed;
  const std::size_t most_rows = aliasing ? std::min(aliasing_rows, table.tile_rows) : table.tile_rows;
  std::size_t rows = p.block_rows();
  if (rows > most_rows && rows <= table.tile_rows) rows = divide_up(rows, divide_up(rows, most_rows));
  if (p.shape.b_transposed && is_turned_in_place(table, rows, p.shape.k, p.shape.b_aliases)) {
    return {1, divide_up(rows, divide_up(rows, most_rows))};
  }
  const tile_choice tile = choose_tile(table, rows, p.block_columns(), p.shape.k);
  return {tile.vectors, std::min(tile.rows, most_rows)};
}

/// A transposed B is packed for many rows. Another one is read in place unless it is read often and every
/// time slowly: from cache lines that evict each other, from vectors across two lines, a single line at a
/// time from far more of them than the L1 cache holds, or from a matrix that the caches do not hold.
template <class T>
bool wants_packed_b(const kernel_table<T>& table, const product_plan& p) {
  const product_shape& s = p.shape;
  if (s.b_transposed) return !is_turned_in_place(table, p.block_rows(), s.k, s.b_aliases);
  const std::size_t tiles = divide_up(p.block_rows(), p.tile_rows);
  const std::size_t bytes = std::min(s.k, contract::block_length<T>) * s.n * sizeof(T);
  if (s.b_aliases || s.b_straddles) return tiles >= 24 && bytes > 192 * 1024;
  if (p.tile_vectors * p.width * sizeof(T) <= line_bytes) return tiles >= 40 && bytes > 256 * 1024;
  return tiles >= 100 && bytes > 1024 * 1024;
}

/// Rows of C whose elements of a transposed A are read together: whole cache lines, or one and a half where
/// that is whole tiles and one is not.
template <class T>
std::size_t rows_of_strip(std::size_t tile_rows) {
  constexpr std::size_t line = line_bytes / sizeof(T);
  if (line % tile_rows != 0 && (line + line / 2) % tile_rows == 0) return line + line / 2;
  return round_up(tile_rows, line);
}

/// A transposed A is packed when more than two tiles read it and it is wider than they: read in place, each
/// step of k takes a cache line and, in a wide matrix, a page of its own.
bool wants_packed_a(const product_plan& p) {
  return p.shape.a_transposed && p.shape.m > p.strip_rows && p.shape.k >= 32 &&
         p.block_columns() > 2 * p.tile_vectors * p.width;
}

/// Cuts C into blocks, one or more for each worker.
template <class T>
void cut_blocks(product_plan& p) {
  const product_shape& s = p.shape;
  const std::size_t k = std::max<std::size_t>(1, s.k);
  const std::size_t by_strips = block_bytes / sizeof(T) / k;
  p.by_strips = k > contract::block_length<T> &&
                by_strips >= (s.b_transposed && !s.a_transposed ? std::min(strip_columns, s.n) : s.n);
  const std::size_t bytes = s.a_transposed && !p.by_strips ? block_bytes_beside_a : block_bytes;
  std::size_t columns = bytes / sizeof(T) / std::min(k, contract::block_length<T>);
  if (p.by_strips) columns = std::min(columns, by_strips);
  p.column_blocks = divide_up(s.n, columns);
  if (p.workers == 1) return;
  // A block of rows reads all of B, which costs little unless it has to transpose that for few rows; a block
  // of columns reads all of A, and the narrower it is the less it does with it.
  const std::size_t vectors = divide_up(s.n, p.width);
  const std::size_t by_columns = round_up(p.column_blocks, p.workers);
  const bool few_rows = s.m < 16 * p.workers;
  const bool turns_b = s.b_transposed && s.k >= 32;
  const bool even = vectors % by_columns == 0;
  if (((few_rows || (turns_b && s.m < 512)) && by_columns <= vectors / 4) ||
      (turns_b && s.m <= 128 && even && by_columns <= vectors / 2)) {
    p.column_blocks = by_columns;
  } else if (p.column_blocks % p.workers != 0) {
    p.row_blocks = std::min(p.workers, std::max<std::size_t>(1, s.m / 8));
  }
}

}  // namespace

template <class T>
void size_scratch(product_plan& p) {
  const contract::cut slices = contract::slices(p.shape.k);
  const std::size_t longest_slice = slices.begin(1) - slices.begin(0) + 16;
  const std::size_t blocks = contract::blocks<T>(longest_slice).count;
  const std::size_t longest_block = std::min(round_up(p.shape.k, 16), contract::block_length<T>);
  p.gap = gap_between<T>(p.workers);
  p.packed_b = p.packed_a = p.total_sums = p.slice_sums = p.apart_sums = 0;
  if (p.pack_b) p.packed_b = (p.by_strips ? round_up(p.shape.k, 16) : longest_block) * p.block_columns();
  // A sliver is stored in whole vectors, which reach behind its end.
  const std::size_t tiles = divide_up(p.block_rows(), p.tile_rows);
  const std::size_t strips = p.keep_a ? divide_up(tiles, p.strip_rows / p.tile_rows) : 1;
  if (p.pack_a) p.packed_a = round_up(strips * p.strip_rows * longest_block + p.width, 16);
  const std::size_t rows = p.by_strips ? std::min(p.strip_rows, p.block_rows()) : p.block_rows();
  const std::size_t sums = round_up(rows * p.sum_columns(), 16);
  if (p.slices_apart) {
    p.apart_sums = round_up(slices.count * p.shape.m * p.shape.n, 16);
  } else {
    if (!p.sums_in_c && (blocks > 1 || slices.count > 1)) p.total_sums = sums;
    if (slices.count > 1) p.slice_sums = sums;
  }
}

template <class T>
product_plan plan_product(const kernel_table<T>& table, const product_shape& shape, epilogue_op op,
                          std::size_t threads) {
  product_plan p;
  p.shape = shape;
  p.width = table.width;
  p.sums_in_c = leaves_c_for_sums(op);
  p.workers = product_workers(shape, threads);
  const contract::cut slices = contract::slices(shape.k);
  p.slices_apart = p.workers > 1 && slices.count >= p.workers && shape.m * shape.n <= apart_elements;
  const bool outside = slices.count > 1 || (!p.sums_in_c && shape.k > contract::block_length<T>);
  if (!p.slices_apart) {
    cut_blocks<T>(p);
    if (outside && !p.by_strips) p.row_blocks = std::max(p.row_blocks, divide_up(shape.m, most_summed_rows));
  }
  const tile_choice tile = choose_tile(table, p);
  p.tile_vectors = tile.vectors;
  p.tile_rows = tile.rows;
  p.strip_rows = shape.a_transposed ? rows_of_strip<T>(p.tile_rows) : p.tile_rows;
  p.pack_b = wants_packed_b(table, p);
  p.pack_a = wants_packed_a(p);
  p.keep_a = p.pack_a && p.column_blocks > 1 && !p.by_strips && !p.slices_apart &&
             (!outside || shape.n <= most_summed_columns);
  // Tall blocks are halved, so that the faster worker can take more of them.
  if (p.keep_a && p.workers > 1)
    p.row_blocks = std::max(p.row_blocks, shape.m < 512 * p.workers ? p.workers : 2 * p.workers);
  size_scratch<T>(p);
  return p;
}

template void size_scratch<float>(product_plan&);
template void size_scratch<double>(product_plan&);
template product_plan plan_product(const kernel_table<float>&, const product_shape&, epilogue_op,
                                   std::size_t);
template product_plan plan_product(const kernel_table<double>&, const product_shape&, epilogue_op,
                                   std::size_t);

}  // namespace twinpath::inline v0::detail
