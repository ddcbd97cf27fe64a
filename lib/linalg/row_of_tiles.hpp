// SPDX-License-Identifier: MIT
// One tile of rows of C, all the way across: the innermost loop around the micro-kernels.
#pragma once

#include "linalg/kernel_table.hpp"

namespace twinpath::inline v0::detail {

/// Computes `rows` x `columns` of C in the widest tiles whose accumulators fit the registers. `t` describes
/// the first tile; the columns of B, C and of what else it names lie side by side.
template <class T>
inline void multiply_row_of_tiles(const micro_kernels<T>& kernels, std::size_t width, tile<T>& t,
                                  std::size_t rows, std::size_t columns) {
  std::size_t choice = kernels.widest[rows - 1];
  while (columns >= width) {
    while (tile_widths[choice] * width > columns) ++choice;
    kernels.full[choice][rows - 1](t);
    const std::size_t step = tile_widths[choice] * width;
    columns -= step;
    t.b += step;
    t.c += step;
    t.bias += step;
    t.mask += step;
    if (t.slice != nullptr) t.slice += step;
    if (t.total != nullptr) t.total += step;
  }
  if (columns == 0) return;
  t.tail = columns;
  kernels.partial[rows - 1](t);
}

/// The same for a transposed B that is read in place.
template <class T>
inline void multiply_row_of_transposed_tiles(const micro_kernels<T>& kernels, std::size_t width, tile<T>& t,
                                             std::size_t rows, std::size_t columns) {
  for (; columns >= width; columns -= width) {
    kernels.transposed[rows - 1](t);
    t.b += width * t.b_stride;
    t.c += width;
    t.bias += width;
    t.mask += width;
    if (t.slice != nullptr) t.slice += width;
    if (t.total != nullptr) t.total += width;
  }
  if (columns == 0) return;
  t.tail = columns;
  kernels.transposed_partial[rows - 1](t);
}

/// Calls body(i, rows) for each tile of the rows i0 … i1 - 1. Their heights are balanced and differ by at
/// most one.
template <class Body>
inline void for_row_tiles(std::size_t i0, std::size_t i1, std::size_t tile_rows, const Body& body) {
  if (i1 - i0 <= tile_rows) return body(i0, i1 - i0);
  const std::size_t tiles = (i1 - i0 + tile_rows - 1) / tile_rows;
  const std::size_t rows = (i1 - i0) / tiles;
  std::size_t taller = (i1 - i0) % tiles;
  for (std::size_t i = i0; i < i1;) {
    const std::size_t height = rows + (taller != 0 ? 1 : 0);
    taller -= taller != 0 ? 1 : 0;
    body(i, height);
    i += height;
  }
}

}  // namespace twinpath::inline v0::detail
