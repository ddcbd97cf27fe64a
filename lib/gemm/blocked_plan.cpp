// SPDX-License-Identifier: MIT
// Costs and limits were measured in November 2026 on an AMD EPYC (Zen 4, 1 MiB of L2) and an Intel Xeon
// (Sapphire and Emerald Rapids, 2 MiB of L2), unless they say otherwise. They hold for all tiers.
#include "gemm/blocked_plan.hpp"

#include <algorithm>

#include <twinpath/contract.hpp>

#include "gemm/tiles.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Bytes of B for the columns of a block of C that stay in an L2 cache beside other data: of one block of k
/// while tiles of rows pass by, or over all of k while strips of rows do. Fewer if A is packed once and
/// passes by for each block of columns as well.
constexpr std::size_t block_bytes = 640 * 1024;
constexpr std::size_t block_bytes_beside_a = 384 * 1024;
/// The fewest columns of a block for which strips pay, because each block reads all of A. A B that is read in
/// place has to fit as a whole: part of each row would crowd into part of the cache.
constexpr std::size_t strip_columns = 320;
/// Rows of a block of C whose sums are kept outside of C.
constexpr std::size_t most_summed_rows = 512;
/// Columns whose sums are kept beside those of other blocks, to pack A once.
constexpr std::size_t most_summed_columns = 2048;
/// Elements of C up to which the slices of k may be tasks.
constexpr std::size_t parallel_slice_elements = 128 * 128;

/// Most rows of A that are read side by side if they evict each other: any L1 cache has eight ways.
constexpr std::size_t aliasing_rows = 8;

/// A transposed A is packed for at least these steps of k and tiles across.
constexpr std::size_t pack_a_steps = 32;
constexpr std::size_t pack_a_tiles = 2;

/// From where on packing a B that is not transposed pays: tiles of rows that read it, bytes of one block of
/// k, and its steps.
struct pack_b_limits {
  std::size_t tiles;
  std::size_t bytes;
  std::size_t steps;
};
/// Lines evict each other, or vectors straddle two: slow as soon as they do not come from the L1 cache (Intel
/// Xeon alone, Emerald Rapids, December 2026).
constexpr pack_b_limits pack_slow_rows{16, 32 * 1024, 24};
constexpr pack_b_limits pack_single_lines{40, 256 * 1024, 0};  ///< tiles one cache line across
constexpr pack_b_limits pack_others{100, 1024 * 1024, 0};      ///< a B that the L2 cache does not hold

/// Rows of C below which threads share its columns instead.
struct column_limits {
  std::size_t rows_per_worker = 16;    ///< any product
  std::size_t transposing_steps = 32;  ///< steps of k from which transposing B has a cost …
  std::size_t transposing_rows = 512;  ///< … which more rows outweigh
  std::size_t vectors_per_block = 4;   ///< least vectors of columns in a block
  std::size_t even_rows = 128;         ///< rows up to which a transposed B, cut evenly, …
  std::size_t even_vectors = 2;        ///< … may be cut into blocks as narrow as this
};
/// Least rows of a block.
constexpr std::size_t least_block_rows = 8;
/// Rows for each worker from which blocks with A packed once are halved, so that the faster worker can take
/// more of them.
constexpr std::size_t halved_rows = 512;

/// Whether a task keeps sums in memory of its own.
template <class T>
bool keeps_sums_outside(const blocked_plan& p) {
  return contract::slices(p.shape.k).count > 1 || (!p.sums_in_c && p.shape.k > contract::block_length<T>);
}

/// The register tiles for the blocks of C.
template <class T>
tile_choice choose_tile(const kernel_table<T>& table, const blocked_plan& p) {
  const bool aliasing = p.shape.a_aliases && !p.shape.a_transposed;
  const std::size_t most_rows = aliasing ? std::min(aliasing_rows, table.tile_rows) : table.tile_rows;
  std::size_t rows = p.block_rows();
  if (rows > most_rows && rows <= table.tile_rows) rows = divide_up(rows, divide_up(rows, most_rows));
  if (p.shape.b_transposed && is_transposed_in_place(table, rows, p.shape.k, p.shape.b_aliases)) {
    return {1, divide_up(rows, divide_up(rows, most_rows))};
  }
  const tile_choice tile = choose_tile(table, rows, p.block_columns(), p.shape.k);
  return {tile.vectors, std::min(tile.rows, most_rows)};
}

/// A transposed B is packed for many rows. Another one is read in place unless it is read often, and slowly
/// each time: from cache lines that evict each other, from vectors across two lines, a single line at a time
/// from far more of them than the L1 cache holds, or from a matrix that the caches do not hold.
template <class T>
bool wants_packed_b(const kernel_table<T>& table, const blocked_plan& p) {
  const product_shape& s = p.shape;
  if (s.b_transposed) return !is_transposed_in_place(table, p.block_rows(), s.k, s.b_aliases);
  const bool single_lines = p.tile_vectors * p.width * sizeof(T) <= line_bytes;
  const pack_b_limits& from = s.b_aliases || s.b_straddles ? pack_slow_rows
                              : single_lines               ? pack_single_lines
                                                           : pack_others;
  return divide_up(p.block_rows(), p.tile_rows) >= from.tiles && s.k >= from.steps &&
         std::min(s.k, contract::block_length<T>) * s.n * sizeof(T) > from.bytes;
}

/// Rows of C whose elements of a transposed A are read together: whole cache lines, or one and a half if that
/// is whole tiles and one is not.
template <class T>
std::size_t rows_of_strip(std::size_t tile_rows) {
  constexpr std::size_t line = line_bytes / sizeof(T);
  if (line % tile_rows != 0 && (line + line / 2) % tile_rows == 0) return line + line / 2;
  return round_up(tile_rows, line);
}

/// A transposed A is packed when more than two tiles read it and it is wider than they are: read in place,
/// each step of k takes a cache line and, in a wide matrix, a page of its own.
bool wants_packed_a(const blocked_plan& p) {
  return p.shape.a_transposed && p.shape.m > p.strip_rows && p.shape.k >= pack_a_steps &&
         p.block_columns() > pack_a_tiles * p.tile_vectors * p.width;
}

/// Cuts the columns of C so that those of B in a block stay in an L2 cache.
template <class T>
void cut_for_cache(blocked_plan& p, std::optional<bool> by_strips) {
  const product_shape& s = p.shape;
  const std::size_t k = std::max<std::size_t>(1, s.k);
  const std::size_t over_all_k = block_bytes / sizeof(T) / k;
  const std::size_t least = s.b_transposed && !s.a_transposed ? std::min(strip_columns, s.n) : s.n;
  p.by_strips = by_strips.value_or(k > contract::block_length<T> && over_all_k >= least);
  const std::size_t bytes = s.a_transposed && !p.by_strips ? block_bytes_beside_a : block_bytes;
  std::size_t columns = bytes / sizeof(T) / std::min(k, contract::block_length<T>);
  if (p.by_strips) columns = std::min(columns, std::max<std::size_t>(1, over_all_k));
  p.column_blocks = divide_up(s.n, columns);
}

/// Cuts C further, into one block or more for each worker. A block of rows reads all of B, which costs little
/// unless it has to transpose B for few rows; a block of columns reads all of A, and the narrower it is, the
/// less it computes with it.
void cut_for_workers(blocked_plan& p) {
  constexpr column_limits limit;
  const product_shape& s = p.shape;
  const std::size_t vectors = divide_up(s.n, p.width);
  const std::size_t by_columns = round_up(p.column_blocks, p.workers);
  const bool transposes_b = s.b_transposed && s.k >= limit.transposing_steps;
  const bool few_rows =
      s.m < limit.rows_per_worker * p.workers || (transposes_b && s.m < limit.transposing_rows);
  const bool even = transposes_b && s.m <= limit.even_rows && vectors % by_columns == 0;
  if ((few_rows && by_columns <= vectors / limit.vectors_per_block) ||
      (even && by_columns <= vectors / limit.even_vectors)) {
    p.column_blocks = by_columns;
  } else if (p.column_blocks % p.workers != 0) {
    p.row_blocks = std::min(p.workers, std::max<std::size_t>(1, s.m / least_block_rows));
  }
}

/// Sets the sizes of scratch memory from the other fields.
template <class T>
void size_scratch(blocked_plan& p) {
  const contract::cut slices = contract::slices(p.shape.k);
  const std::size_t longest_slice = slices.begin(1) - slices.begin(0) + 16;
  const std::size_t blocks = contract::blocks<T>(longest_slice).count;
  const std::size_t longest_block = std::min(round_up(p.shape.k, 16), contract::block_length<T>);
  p.gap = gap_between<T>(p.workers);
  if (p.pack_b) p.packed_b = (p.by_strips ? round_up(p.shape.k, 16) : longest_block) * p.block_columns();
  // A sliver is stored in whole vectors, which reach behind its end.
  const std::size_t tiles = divide_up(p.block_rows(), p.tile_rows);
  const std::size_t strips = p.keep_a ? divide_up(tiles, p.strip_rows / p.tile_rows) : 1;
  if (p.pack_a) p.packed_a = round_up(strips * p.strip_rows * longest_block + p.width, 16);
  const std::size_t rows = p.by_strips ? std::min(p.strip_rows, p.block_rows()) : p.block_rows();
  const std::size_t sums = round_up(rows * p.sum_columns(), 16);
  if (p.parallel_slices) {
    p.parallel_sums = round_up(slices.count * p.shape.m * p.shape.n, 16);
  } else {
    if (!p.sums_in_c && (blocks > 1 || slices.count > 1)) p.total_sums = sums;
    if (slices.count > 1) p.slice_sums = sums;
  }
}

/// Cuts C into blocks.
template <class T>
[[gnu::always_inline]] inline void cut_blocks(blocked_plan& p, const blocked_overrides& forced) {
  if (!p.parallel_slices) {
    cut_for_cache<T>(p, forced.by_strips);
    if (p.workers > 1) cut_for_workers(p);
    if (keeps_sums_outside<T>(p) && !p.by_strips)
      p.row_blocks = std::max(p.row_blocks, divide_up(p.shape.m, most_summed_rows));
  }
  if (forced.row_blocks) p.row_blocks = std::min(*forced.row_blocks, p.shape.m);
  if (forced.column_blocks) p.column_blocks = std::min(*forced.column_blocks, divide_up(p.shape.n, p.width));
}

/// Decides what is packed, for blocks and tiles that are settled.
template <class T>
[[gnu::always_inline]] inline void choose_packing(const kernel_table<T>& table, blocked_plan& p,
                                                  const blocked_overrides& forced) {
  const std::size_t m = p.shape.m;
  p.pack_b = forced.pack_b.value_or(wants_packed_b(table, p));
  p.pack_a = p.shape.a_transposed && forced.pack_a.value_or(wants_packed_a(p));
  p.keep_a = p.pack_a && p.column_blocks > 1 && !p.by_strips && !p.parallel_slices &&
             forced.keep_a.value_or(!keeps_sums_outside<T>(p) || p.shape.n <= most_summed_columns);
  if (p.keep_a && p.workers > 1 && !forced.row_blocks)
    p.row_blocks = std::max(p.row_blocks, m < halved_rows * p.workers ? p.workers : 2 * p.workers);
}

/// Whether each slice of k is a task: C is small and there are slices for all workers.
bool wants_parallel_slices(const blocked_plan& p) {
  return p.workers > 1 && contract::slices(p.shape.k).count >= p.workers &&
         p.shape.m * p.shape.n <= parallel_slice_elements;
}

/// Inlined, so that a plan without overrides does not look at them.
template <class T>
[[gnu::always_inline]] inline blocked_plan make_plan(const kernel_table<T>& table, const product_shape& shape,
                                                     epilogue_op op, std::size_t threads,
                                                     const blocked_overrides& forced) {
  blocked_plan p;
  p.shape = shape;
  p.width = table.width;
  p.sums_in_c = leaves_c_for_sums(op) && forced.sums_in_c.value_or(true);
  p.workers = forced.workers ? *forced.workers : product_workers(shape, threads);
  p.parallel_slices = forced.parallel_slices ? *forced.parallel_slices && contract::slices(shape.k).count > 1
                                             : wants_parallel_slices(p);
  cut_blocks<T>(p, forced);
  const tile_choice tile = choose_tile(table, p);
  p.tile_vectors = tile.vectors;
  p.tile_rows = forced.short_tiles ? divide_up(tile.rows, 2) : tile.rows;
  p.strip_rows = shape.a_transposed ? rows_of_strip<T>(p.tile_rows) : p.tile_rows;
  choose_packing(table, p, forced);
  size_scratch<T>(p);
  return p;
}

}  // namespace

template <class T>
blocked_plan plan_blocked(const kernel_table<T>& table, const product_shape& shape, epilogue_op op,
                          std::size_t threads) {
  return make_plan(table, shape, op, threads, {});
}
template <class T>
blocked_plan plan_blocked(const kernel_table<T>& table, const product_shape& shape, epilogue_op op,
                          std::size_t threads, const blocked_overrides& forced) {
  return make_plan(table, shape, op, threads, forced);
}

template blocked_plan plan_blocked(const kernel_table<float>&, const product_shape&, epilogue_op,
                                   std::size_t);
template blocked_plan plan_blocked(const kernel_table<double>&, const product_shape&, epilogue_op,
                                   std::size_t);
template blocked_plan plan_blocked(const kernel_table<float>&, const product_shape&, epilogue_op, std::size_t,
                                   const blocked_overrides&);
template blocked_plan plan_blocked(const kernel_table<double>&, const product_shape&, epilogue_op,
                                   std::size_t, const blocked_overrides&);

}  // namespace twinpath::inline v0::detail
