// SPDX-License-Identifier: MIT
// One row of tiles of C: the innermost loop around the micro-kernels. All of it is inlined by force, because
// in the smallest products each call on the way costs as much as the multiply-adds.
#pragma once

#include <algorithm>
#include <bit>

#include "gemm/transposing.hpp"
#include "kernels/kernel_table.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {

/// Cuts `whole` vectors into tiles at most `widest` vectors across: body(first, vectors, count) for each
/// group of `count` tiles of the same width, whose first tile begins at vector `first`.
template <class Body>
[[gnu::always_inline]] inline void for_tiles_across(std::size_t whole, std::size_t widest, const Body& body) {
  std::size_t choice = width_index[widest];
  for (std::size_t first = 0; first < whole;) {
    const std::size_t left = whole - first;
    while (tile_widths[choice] > left) ++choice;
    const std::size_t vectors = tile_widths[choice];
    std::size_t count = left / vectors;
    // Two tiles of middle width replace a last one of one vector, which would wait for memory.
    if (vectors > 2 && left % vectors == 1) --count;
    if (count == 0) {
      ++choice;
      continue;
    }
    body(first, vectors, count);
    first += vectors * count;
  }
}

/// The columns of C cut into tiles at most `widest` vectors across, once for all rows of tiles.
class tiles_across {
 public:
  /// Tiles of the same width, side by side.
  struct group {
    std::size_t columns;  ///< of a tile
    std::size_t width;    ///< of a tile, as an index of `tile_widths`
    std::size_t count;
  };

  [[gnu::always_inline]] inline tiles_across(std::size_t columns, std::size_t width, std::size_t widest)
      : tail(columns & (width - 1)) {
    // Not a division: a width is a power of 2.
    for_tiles_across(
        columns >> std::countr_zero(width),
        widest, [&](std::size_t, std::size_t vectors, std::size_t count) __attribute__((always_inline)) {
          groups_[size_++] = {vectors * width, width_index[vectors], count};
        });
  }
  [[nodiscard]] const group* begin() const { return groups_; }
  [[nodiscard]] const group* end() const { return groups_ + size_; }

  std::size_t tail;  ///< columns behind the last whole vector

 private:
  std::size_t size_ = 0;
  group groups_[tile_widths.size()];
};

enum class b_layout {
  in_place,
  read_once,  ///< in place, and from no near cache
  packed,     ///< in slivers as wide as the tiles that read them
};

/// What `multiply_row_of_tiles` does with each call of a micro-kernel, unless told otherwise: it makes the
/// call.
struct make_call {
  template <class T>
  [[gnu::always_inline]] inline void operator()(micro_kernel<T> kernel, const tile<T>& t) const {
    kernel(t);
  }
};

/// Moves a tile `columns` to the right. Its elements of B begin `b` elements later.
template <class T>
[[gnu::always_inline]] inline void move_right(tile<T>& t, std::size_t columns, std::size_t b) {
  t.b += b;
  t.c += columns;
  t.bias += columns;
  t.mask += columns;
  if (t.slice != nullptr) t.slice += columns;
  if (t.total != nullptr) t.total += columns;
}

/// Computes one row of tiles, `rows` rows of C. `t` describes the first tile and is used for the others, too.
/// A packed B lies in slivers of the tiles in `across`.
template <class T, class Call = make_call>
[[gnu::always_inline]] inline void multiply_row_of_tiles(const micro_kernels<T>& kernels, std::size_t width,
                                                         const tiles_across& across, tile<T>& t,
                                                         std::size_t rows, b_layout b,
                                                         const Call& call = {}) {
  const bool packed = b == b_layout::packed;
  // Columns of the tiles that are done. The tile moves right only when it is used again, because stores to it
  // wait in one queue with the stores of the tiles before.
  std::size_t done = 0;
  for (const tiles_across::group& g : across) {
    if (done != 0) move_right(t, done, packed ? done * t.k : done);
    if (packed) t.b_stride = g.columns;
    t.b_next = packed ? g.columns * t.k : g.columns;
    t.count = g.count;
    if (b == b_layout::read_once && tile_widths[g.width] == kernels.widest[rows - 1]) {
      call(kernels.read_once[rows - 1], t);
    } else {
      call(kernels.full[g.width][rows - 1], t);
    }
    done = g.columns * g.count;
  }
  if (across.tail == 0) return;
  if (done != 0) move_right(t, done, packed ? done * t.k : done);
  t.tail = across.tail;
  if (packed) t.b_stride = width;
  call(kernels.partial_for(across.tail, width).plain[rows - 1], t);
}

/// The same for a transposed B that is read in place.
template <class T, class Call = make_call>
[[gnu::always_inline]] inline void multiply_row_of_transposed_tiles(const micro_kernels<T>& kernels,
                                                                    std::size_t width, tile<T>& t,
                                                                    std::size_t rows, std::size_t columns,
                                                                    const Call& call = {}) {
  const auto multiply = [&](micro_kernel<T> kernel, std::size_t across) __attribute__((always_inline)) {
    t.count = columns >> std::countr_zero(across);
    t.b_next = across * t.b_stride;
    call(kernel, t);
    const std::size_t done = t.count * across;
    columns -= done;
    if (columns != 0) move_right(t, done, done * t.b_stride);
  };
  // A pair of vectors reads twice as many rows side by side. If every second one falls on the same sets of
  // the cache, they evict each other.
  const micro_kernel<T> pair = kernels.transposed_pair[rows - 1];
  if (columns >= 2 * width && pair != nullptr && !aliases(2 * t.b_stride * sizeof(T)))
    multiply(pair, 2 * width);
  if (columns >= width) multiply(kernels.transposed[rows - 1], width);
  if (columns == 0) return;
  t.tail = columns;
  call(kernels.partial_for(columns, width).transposed[rows - 1], t);
}

struct tile_choice {
  std::size_t vectors;  ///< across
  std::size_t rows;     ///< at most
};
/// The register tiles for a C of `rows` x `columns`.
template <class T>
[[gnu::always_inline]] inline tile_choice choose_tile(const kernel_table<T>& table, std::size_t rows,
                                                      std::size_t columns, std::size_t k) {
  const std::size_t whole = columns >> std::countr_zero(table.width);
  // A single row of tiles reads B once, and is the faster the wider they are.
  if (rows <= table.tile_rows) {
    const std::size_t widest = table.products[0].widest[rows - 1];
    if (widest > 1 || whole <= 1) return {widest, rows};
  }
  const rows_by_vectors& tall = is_few_steps(k) ? table.tall_rows_of_few_steps : table.tall_rows;
  std::size_t vectors = 1;
  for (std::size_t v = 2; v < tall.size(); ++v) {
    if (tall[v] == 0 || v > whole) continue;
    // Three vectors need the fewest loads for a multiply-add; another width is used if three leave a
    // remainder.
    if (v <= 3 || (whole % 3 != 0 && whole % v == 0)) vectors = v;
  }
  return {vectors, tall[vectors]};
}

/// Steps of k below which the shuffles of a transposed B have too few multiply-adds beside them for tall C.
inline constexpr std::size_t transposing_steps = 16;

/// Whether a transposed B is read in place, and transposed in registers, for `rows` rows of C.
template <class T>
[[nodiscard, gnu::always_inline]] inline bool is_transposed_in_place(const kernel_table<T>& table,
                                                                     std::size_t rows, std::size_t k,
                                                                     bool b_aliases) {
  if (rows <= table.tile_rows) return true;
  if (b_aliases) return false;
  const std::size_t most = in_place_rows(table);
  return rows <= (k < transposing_steps ? std::min(most, 2 * table.tile_rows) : most);
}

/// Calls body(i, rows) for each tile of the rows i0 … i1 - 1. Their heights are balanced and differ by at
/// most one.
template <class Body>
inline void for_row_tiles(std::size_t i0, std::size_t i1, std::size_t tile_rows, const Body& body) {
  std::size_t rows = i1 - i0;
  std::size_t taller = 0;
  if (rows > tile_rows) {  // a division costs as much as ten multiply-adds
    const std::size_t tiles = (rows + tile_rows - 1) / tile_rows;
    taller = rows % tiles;
    rows /= tiles;
  }
  for (std::size_t i = i0; i < i1;) {
    const std::size_t height = rows + (taller != 0 ? 1 : 0);
    taller -= taller != 0 ? 1 : 0;
    body(i, height);
    i += height;
  }
}

}  // namespace twinpath::inline v0::detail
