// SPDX-License-Identifier: MIT
// The micro-kernel: a register tile of rows x (vectors * width) of C over one block of k.
//
//   chain = 0;  for each p: chain = fma(a(i, p), b(p, j), chain)      vectorised across j, never across p
//   t = slice + chain;  t = total + t                   where there were earlier blocks, earlier slices
//   C = finish(t)
#pragma once

#include <utility>

#include "linalg/finish.hpp"
#include "linalg/kernel_table.hpp"
#include "linalg/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The end of every micro-kernel: adds earlier sums to the accumulators and stores what the epilogue makes of
/// them, `j0` columns to the right of where t points.
template <class T, std::size_t rows, std::size_t vectors, class Columns>
TWINPATH_INLINE void finish_tile(const tile<T>& t, std::size_t j0, const Columns& across,
                                 vec<T> (&acc)[rows][vectors]) {
  constexpr std::size_t w = width<T>;
  const auto add_earlier = [&](const T* sums, std::size_t stride) __attribute__((always_inline)) {
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
        acc[i][j] = across.load(sums + i * stride + j * w) + acc[i][j];
      }
    }
  };
  if (t.slice != nullptr) add_earlier(t.slice + j0, t.slice_stride);
  if (t.total != nullptr) add_earlier(t.total + j0, t.total_stride);

  // Copies, because a store of vectors might change t as far as the compiler knows.
  const epilogue<T> end = *t.end;
  T* const first = t.c + j0;
  const T* const first_bias = t.bias + j0;
  const T* const first_mask = t.mask + j0;
  const std::size_t stride = t.c_stride;
  const std::size_t mask_stride = t.mask_stride;
  finish_as(
      end.what, [&]<finish what>() __attribute__((always_inline)) {
        // All of C is read before any of it is stored: a load beside a masked store waits until that one has
        // left for the cache.
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          const T* c = first + i * stride;
          const T* mask = first_mask + i * mask_stride;
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
            acc[i][j] =
                finished<what, T>(acc[i][j], end, across, c + j * w, first_bias + j * w, mask + j * w);
          }
        }
        const auto store = [&](const auto& columns) __attribute__((always_inline)) {
          TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
            TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
              columns.store(first + i * stride + j * w, acc[i][j]);
            }
          }
        };
        if constexpr (requires { across.in_lane(); }) {
          if (across.fits_lane()) return store(across.in_lane());
        }
        store(across);
      });
}

template <class T, std::size_t rows, std::size_t vectors>
TWINPATH_INLINE void clear(vec<T> (&acc)[rows][vectors]) {
  TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
    TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) acc[i][j] = vec<T>(T(0));
  }
}

/// Steps of k between two advances of pointers: fewer additions, which the multiply-adds share their ports
/// with.
inline constexpr std::size_t unrolled = 4;

template <class T>
TWINPATH_INLINE const T* bytes_on(const T* p, std::size_t bytes) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(p) + bytes);
}

/// Four rows in memory that one pointer reaches, because an address can hold one or two times a register.
template <class T>
struct four_rows {
  const T* first;
  std::size_t stride;  // in bytes
  std::size_t stride3;
  TWINPATH_INLINE four_rows(const T* p, std::size_t s)
      : first(p), stride(s * sizeof(T)), stride3(3 * stride) {}
  TWINPATH_INLINE const T* operator[](std::size_t i) const {
    return bytes_on(first, i == 3 ? stride3 : i * stride);
  }
  TWINPATH_INLINE void advance(std::size_t rows) { first = bytes_on(first, rows * stride); }
  /// At the begin of a loop: left to itself the compiler computes the distance of each access ahead of the
  /// loop and has no registers left for them.
  TWINPATH_INLINE void keep() { asm("" : "+r"(stride), "+r"(stride3)); }
};

/// Rows that are read side by side: a pointer for every four.
template <class T, std::size_t rows>
struct rows_by_four {
  static constexpr std::size_t groups = (rows + 3) / 4;
  const T* first[groups];
  std::size_t stride;  // in bytes
  std::size_t stride3;
  TWINPATH_INLINE rows_by_four(const T* p, std::size_t s) : stride(s * sizeof(T)), stride3(3 * stride) {
    TWINPATH_UNROLL for (std::size_t g = 0; g < groups; ++g) {
      first[g] = p + 4 * g * s;
      asm("" : "+r"(first[g]));
    }
  }
  TWINPATH_INLINE const T* operator[](std::size_t i) const {
    return bytes_on(first[i / 4], i % 4 == 3 ? stride3 : i % 4 * stride);
  }
  /// By columns.
  TWINPATH_INLINE void advance(std::size_t columns) {
    TWINPATH_UNROLL for (std::size_t g = 0; g < groups; ++g) first[g] += columns;
  }
  /// As four_rows::keep.
  TWINPATH_INLINE void keep() { asm("" : "+r"(stride), "+r"(stride3)); }
};

/// Elements of A: row i, `s` steps of k ahead.
template <class T, std::size_t rows, a_layout layout>
struct elements_of_a {
  std::conditional_t<layout == a_layout::columns, four_rows<T>, rows_by_four<T, rows>> lines;
  TWINPATH_INLINE explicit elements_of_a(const tile<T>& t) : lines(t.a, t.a_stride) {}
  TWINPATH_INLINE T operator()(std::size_t i, std::size_t s) const {
    return layout == a_layout::columns ? lines[s][i] : lines[i][s];
  }
  TWINPATH_INLINE void advance(std::size_t steps) { lines.advance(steps); }
  TWINPATH_INLINE void keep() { lines.keep(); }
};

/// How many rows ahead B is fetched where it comes from far away.
inline constexpr std::size_t rows_ahead = 6;

/// What a micro-kernel fetches beside what it multiplies.
enum class fetch {
  nothing,
  ahead,  ///< tile::ahead
  b,      ///< the rows of B that follow
};

/// `streams`: B is read once and does not come from a near cache.
template <class T, std::size_t rows, std::size_t vectors, a_layout layout, bool partial, bool streams = false>
[[gnu::flatten]] void multiply_tiles(const tile<T>& t) {
  constexpr std::size_t w = width<T>;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  const T* first_of_b = t.b;
  std::size_t j0 = 0;
  for (std::size_t left = partial ? 1 : t.count;;) {
    vec<T> acc[rows][vectors];
    clear<T>(acc);
    if (!partial && t.fetches_c) {
      const auto fetch_tile = [&](const T* first, std::size_t stride) __attribute__((always_inline)) {
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
            __builtin_prefetch(first + j0 + i * stride + (j + 1) * w - 1);
          }
        }
      };
      fetch_tile(t.c, t.c_stride);
      if (t.slice != nullptr && t.slice != t.c) fetch_tile(t.slice, t.slice_stride);
    }
    const auto multiply = [&]<fetch what>() __attribute__((always_inline)) {
      elements_of_a<T, rows, layout> a(t);
      four_rows<T> b(first_of_b, t.b_stride);
      const std::size_t ahead_stride = (what == fetch::b ? t.b_stride : t.ahead_stride) * sizeof(T);
      const T* ahead = what == fetch::b ? bytes_on(first_of_b, rows_ahead * ahead_stride) : t.ahead;
      const auto step = [&](std::size_t s) __attribute__((always_inline)) {
        vec<T> row[vectors];
        TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) row[j] = across.load(b[s] + j * w);
        if constexpr (what != fetch::nothing) {
          TWINPATH_UNROLL for (std::size_t j = 0; j < (what == fetch::b ? vectors : 1); ++j) {
            __builtin_prefetch(ahead + j * w, 0, what == fetch::b ? 3 : 2);
          }
          ahead = bytes_on(ahead, ahead_stride);
        }
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          const vec<T> x(a(i, s));
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) accumulate(acc[i][j], x, row[j]);
        }
        // No load moves to an earlier step, where it would want a register that the accumulators need.
        asm volatile("" ::: "memory");
      };
      std::size_t k = t.k;
      for (; k >= unrolled; k -= unrolled) {
        a.keep();
        b.keep();
        TWINPATH_UNROLL for (std::size_t s = 0; s < unrolled; ++s) step(s);
        a.advance(unrolled);
        b.advance(unrolled);
      }
      for (; k != 0; --k) {
        step(0);
        a.advance(1);
        b.advance(1);
      }
    };
    if constexpr (streams) {
      multiply.template operator()<fetch::b>();
    } else if (!partial && j0 == 0 && t.ahead != nullptr) {
      multiply.template operator()<fetch::ahead>();
    } else {
      multiply.template operator()<fetch::nothing>();
    }
    finish_tile<T>(t, j0, across, acc);
    if (partial || --left == 0) return;
    first_of_b += t.b_next;
    j0 += vectors * w;
  }
}

/// Rows of a transposed B where they lie, for a tile one vector across.
template <class T, bool partial>
struct rows_of_b : rows_by_four<T, width<T>> {
  TWINPATH_INLINE explicit rows_of_b(const tile<T>& t) : rows_by_four<T, width<T>>(t.b, t.b_stride) {}
};
/// The last row stands in for the missing ones.
template <class T>
struct rows_of_b<T, true> {
  const T* row[width<T>];
  std::size_t offset = 0;
  TWINPATH_INLINE explicit rows_of_b(const tile<T>& t) {
    for (std::size_t r = 0; r < width<T>; ++r) row[r] = t.b + (r < t.tail ? r : t.tail - 1) * t.b_stride;
  }
  TWINPATH_INLINE const T* operator[](std::size_t r) const { return row[r] + offset; }
  TWINPATH_INLINE void advance(std::size_t steps) { offset += steps; }
  TWINPATH_INLINE void keep() {}
};

/// The same for a transposed B that is read in place: element (p, j) is b[j * b_stride + p]. It is transposed
/// on its way through the registers, which pays for tiles that are the only ones to read it.
template <class T, std::size_t rows, a_layout layout, bool partial>
[[gnu::flatten]] void multiply_transposed_tile(const tile<T>& t) {
  constexpr std::size_t group = columns_at_once<T>;
  constexpr std::size_t line = 64 / sizeof(T);
  // Where the accumulators leave registers for it.
  constexpr bool by_squares = width<T> == line && rows <= 8;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  vec<T> acc[rows][1];
  clear<T>(acc);

  rows_of_b<T, partial> b(t);
  elements_of_a<T, rows, layout> a(t);
  const auto multiply = [&](const vec<T>& column, std::size_t s) __attribute__((always_inline)) {
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) accumulate(acc[i][0], vec<T>(a(i, s)), column);
  };
  const auto multiply_group = [&](std::size_t p) __attribute__((always_inline)) {
    vec<T> column[group];
    load_columns(b, p, column);
    TWINPATH_UNROLL for (std::size_t s = 0; s < group; ++s) multiply(column[s], s);
    a.advance(group);
  };
  std::size_t k = t.k;
  // So many rows side by side are more than the hardware fetches ahead.
  for (; !partial && k >= line; k -= line) {
    a.keep();
    b.keep();
    if constexpr (by_squares) {
      // Into the L2 cache, because rows that evict each other would not stay in the L1 cache.
      TWINPATH_UNROLL for (std::size_t r = 0; r < line; ++r) __builtin_prefetch(b[r] + 2 * line, 0, 2);
      vec<T> column[line];
      load_square(b, 0, column);
      TWINPATH_UNROLL for (std::size_t s = 0; s < line; ++s) multiply(column[s], s);
      a.advance(line);
    } else {
      TWINPATH_UNROLL for (std::size_t g = 0; g < line / group; ++g) {
        constexpr std::size_t share = (width<T> * group + line - 1) / line;
        TWINPATH_UNROLL for (std::size_t r = 0; r < share; ++r) {
          if (g * share + r < width<T>) __builtin_prefetch(b[g * share + r] + 2 * line);
        }
        multiply_group(g * group);
      }
    }
    b.advance(line);
  }
  for (; k >= group; k -= group) {
    multiply_group(0);
    b.advance(group);
  }
  if (k != 0) {
    vec<T> column[group];
    load_columns(b, 0, column, lane_tail(k));
    TWINPATH_UNROLL for (std::size_t s = 0; s + 1 < group; ++s) {
      if (s < k) multiply(column[s], s);
    }
  }
  finish_tile<T>(t, 0, across, acc);
}

/// Whether the accumulators of a tile fit the registers beside a row of B and an element of A.
constexpr bool fits(std::size_t rows, std::size_t vectors, std::size_t registers) {
  return rows == 1 ? vectors + 2 <= registers : rows * vectors + vectors + 1 <= registers;
}

template <class T, std::size_t rows, std::size_t vectors, a_layout layout, std::size_t registers>
constexpr micro_kernel<T> full_tile() {
  if constexpr (fits(rows, vectors, registers)) return &multiply_tiles<T, rows, vectors, layout, false>;
  return nullptr;
}

constexpr std::uint8_t widest_tile(std::size_t rows, std::size_t registers) {
  std::size_t i = 0;
  while (!fits(rows, tile_widths[i], registers)) ++i;
  return static_cast<std::uint8_t>(tile_widths[i]);
}

template <class T, std::size_t rows, a_layout layout, std::size_t registers>
constexpr micro_kernel<T> streaming_tile() {
  return &multiply_tiles<T, rows, widest_tile(rows, registers), layout, false, true>;
}

template <class T, a_layout layout, std::size_t registers, std::size_t... row>
constexpr micro_kernels<T> list_micro_kernels(std::index_sequence<row...>) {
  return {.full = {{{full_tile<T, row + 1, tile_widths[0], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[1], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[2], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[3], layout, registers>()...},
                    {full_tile<T, row + 1, tile_widths[4], layout, registers>()...}}},
          .widest = {widest_tile(row + 1, registers)...},
          .streaming = {streaming_tile<T, row + 1, layout, registers>()...},
          .partial = {&multiply_tiles<T, row + 1, 1, layout, true>...},
          .transposed = {&multiply_transposed_tile<T, row + 1, layout, false>...},
          .transposed_partial = {&multiply_transposed_tile<T, row + 1, layout, true>...}};
}

template <class T, a_layout layout, std::size_t tile_rows, std::size_t registers>
constexpr micro_kernels<T> make_micro_kernels() {
  static_assert(tile_rows <= max_tile_rows && tile_widths.size() == 5);
  return list_micro_kernels<T, layout, registers>(std::make_index_sequence<tile_rows>{});
}

}  // namespace
}  // namespace twinpath::inline v0::detail
