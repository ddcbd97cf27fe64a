// SPDX-License-Identifier: MIT
// The micro-kernel for a transposed B that is read in place: the same chains; B is transposed in registers.
#pragma once

#include "kernels/micro_kernel.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The rows of a transposed B, in place, for tiles of `vectors` vectors across.
template <class T, std::size_t vectors, bool partial>
struct rows_of_b : rows_side_by_side<T, vectors * width<T>, 4 * vectors> {
  TWINPATH_INLINE rows_of_b(const T* b, const tile<T>& t)
      : rows_side_by_side<T, vectors * width<T>, 4 * vectors>(b, t.b_stride) {}
};
/// The last row replaces those that do not exist.
template <class T>
struct rows_of_b<T, 1, true> {
  const T* row[width<T>];
  std::size_t offset = 0;
  TWINPATH_INLINE rows_of_b(const T* b, const tile<T>& t) {
    TWINPATH_UNROLL for (std::size_t r = 0; r < width<T>; ++r) {
      row[r] = b;
      b += r + 1 < t.tail ? t.b_stride : 0;
    }
  }
  TWINPATH_INLINE const T* operator[](std::size_t r) const { return row[r] + offset; }
  TWINPATH_INLINE void advance(std::size_t steps) { offset += steps; }
};

/// The rows of one vector of a tile.
template <class Rows>
struct rows_from {
  const Rows& all;
  std::size_t first;
  TWINPATH_INLINE auto operator[](std::size_t r) const { return all[first + r]; }
};

/// Columns of a transposed B, for tiles of `vectors` vectors across.
template <class T, std::size_t vectors, std::size_t count = columns_at_once<T>>
using columns_of_b = vec<T>[vectors][count];

template <class T, std::size_t vectors, class Rows, class Lane = whole_lane>
TWINPATH_INLINE void load_columns_of(const Rows& b, columns_of_b<T, vectors>& column, Lane lane = {}) {
  TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
    load_columns(rows_from<Rows>{b, j * width<T>}, 0, column[j], lane);
  }
}

/// acc += column s of A * column[s] of B. Functions, because GCC 12 keeps in memory the variables that nested
/// lambdas capture.
template <class T, std::size_t rows, std::size_t vectors, std::size_t count, class A>
TWINPATH_INLINE void multiply_step(vec<T> (&acc)[rows][vectors], A& a,
                                   const columns_of_b<T, vectors, count>& column, std::size_t s) {
  a.pin_strides();  // in each step: even the distances of a few steps do not fit the registers
  TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
    TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) accumulate(acc[i][j], &a(i, s), column[j][s]);
  }
}
template <class T, std::size_t rows, std::size_t vectors, std::size_t count, class A>
TWINPATH_INLINE void multiply_steps(vec<T> (&acc)[rows][vectors], A& a,
                                    const columns_of_b<T, vectors, count>& column) {
  TWINPATH_UNROLL for (std::size_t s = 0; s < count; ++s) multiply_step<T>(acc, a, column, s);
  a.advance(count);
}

/// The same while the next columns are loaded. The shuffles are issued between the multiply-adds, because the
/// processor does not look far enough ahead to find them behind all of these. The loads come in the first
/// half, because the shuffles wait for them.
template <class T, std::size_t rows, std::size_t vectors, class A, class B>
TWINPATH_INLINE void multiply_steps_and_load(vec<T> (&acc)[rows][vectors], A& a,
                                             columns_of_b<T, vectors>& column, B& b, std::size_t next) {
  constexpr std::size_t group = columns_at_once<T>;
  columns_of_b<T, vectors> lanes;
  TWINPATH_UNROLL for (std::size_t s = 0; s < group; ++s) {
    b.pin_strides();
    if (2 * s < group) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
        const rows_from<B> rows_of_vector{b, j * width<T>};
        lanes[j][2 * s] = load_lanes<T>(rows_of_vector, next, 2 * s);
        lanes[j][2 * s + 1] = load_lanes<T>(rows_of_vector, next, 2 * s + 1);
      }
    }
    multiply_step<T>(acc, a, column, s);
    asm volatile("" ::: "memory");
  }
  a.advance(group);
  TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) transpose_lanes(lanes[j], column[j]);
}

/// The remaining steps of k, fewer than a lane has columns.
template <class T, std::size_t rows, std::size_t vectors, class A, class B>
TWINPATH_INLINE void multiply_last_steps(vec<T> (&acc)[rows][vectors], A& a, const B& b, std::size_t k) {
  columns_of_b<T, vectors> column;
  load_columns_of<T, vectors>(b, column, lane_tail(k));
  TWINPATH_UNROLL for (std::size_t s = 0; s + 1 < columns_at_once<T>; ++s) {
    if (s < k) multiply_step<T>(acc, a, column, s);
  }
}

/// Whether the registers hold the accumulators of a tile, the columns that are multiplied and the next ones.
constexpr bool fits_transposed(std::size_t rows, std::size_t vectors, std::size_t columns,
                               std::size_t registers) {
  return vectors * (rows + 2 * columns) + 3 <= registers;
}

/// A micro-kernel for a transposed B that is read in place: element (p, j) is b[j * b_stride + p]. Each tile
/// transposes again what it reads.
template <class T, std::size_t rows, std::size_t vectors, a_layout layout, bool partial,
          std::size_t registers>
[[gnu::flatten]] void multiply_transposed_tiles(const tile<T>& t) {
  constexpr std::size_t w = width<T>;
  constexpr std::size_t group = columns_at_once<T>;
  constexpr std::size_t line = 64 / sizeof(T);
  constexpr bool loads_ahead = !partial && fits_transposed(rows, vectors, group, registers);
  // Only if the accumulators leave registers for a square.
  constexpr bool has_squares = !partial && vectors == 1 && w == line && rows <= 8;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  const bool by_squares = has_squares && aliases(t.b_stride * sizeof(T));
  const T* first_of_b = t.b;
  std::size_t j0 = 0;
  for (;;) {
    vec<T> acc[rows][vectors];
    clear<T>(acc);
    if constexpr (!partial) opaque(j0);
    rows_of_b<T, vectors, partial> b(first_of_b, t);
    elements_of_a<T, rows, layout> a(t);
    columns_of_b<T, vectors> column;
    std::size_t k = t.k;
    // A square has more rows than the hardware prefetcher follows.
    if constexpr (has_squares) {
      for (; by_squares && k >= line; k -= line) {
        a.pin_strides();
        b.pin_strides();
        // Into the L2 cache: in the L1 cache the rows evict each other.
        TWINPATH_UNROLL for (std::size_t r = 0; r < line; ++r) __builtin_prefetch(b[r] + 2 * line, 0, 2);
        columns_of_b<T, 1, line> square;
        load_square(b, 0, square[0]);
        multiply_steps<T>(acc, a, square);
        b.advance(line);
      }
    }
    if constexpr (loads_ahead) {
      if (k >= 2 * group) {
        load_columns_of<T, vectors>(b, column);
        for (; k >= line + group; k -= line) {
          a.pin_strides();
          b.pin_strides();
          TWINPATH_UNROLL for (std::size_t g = 0; g < line / group; ++g) {
            if (g < b.groups) b.prefetch(g, 2 * line);
            multiply_steps_and_load<T>(acc, a, column, b, (g + 1) * group);
          }
          b.advance(line);
        }
        for (; k >= 2 * group; k -= group) {
          multiply_steps_and_load<T>(acc, a, column, b, group);
          b.advance(group);
        }
        multiply_steps<T>(acc, a, column);
        b.advance(group);
        k -= group;
      }
    }
    for (; k >= group; k -= group) {
      load_columns_of<T, vectors>(b, column);
      multiply_steps<T>(acc, a, column);
      b.advance(group);
    }
    if (k != 0) multiply_last_steps<T>(acc, a, b, k);
    finish_tile<T>(t, j0, across, acc);
    j0 += vectors * w;
    if (partial || j0 == t.count * (vectors * w)) return;
    first_of_b += t.b_next;
  }
}

}  // namespace
}  // namespace twinpath::inline v0::detail
