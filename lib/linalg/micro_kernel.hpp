// SPDX-License-Identifier: MIT
// The micro-kernel: a register tile of rows x (vectors * width) of C over one block of k.
//
//   chain = 0;  for each p: chain = fma(a(i, p), b(p, j), chain)      vectorised across j, never across p
//   t = slice + chain;  t = total + t                                  where there were earlier blocks,
//   slices C = finish(t)
#pragma once

#include <utility>

#include "linalg/finish.hpp"
#include "linalg/kernel_table.hpp"
#include "linalg/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The end of every micro-kernel: adds earlier sums to the accumulators and stores what the epilogue makes of
/// them.
template <class T, std::size_t rows, std::size_t vectors, class Columns>
TWINPATH_INLINE void finish_tile(const tile<T>& t, const Columns& across, vec<T> (&acc)[rows][vectors]) {
  constexpr std::size_t w = width<T>;
  const auto add_earlier = [&](const T* sums, std::size_t stride) __attribute__((always_inline)) {
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
        acc[i][j] = across.load(sums + i * stride + j * w) + acc[i][j];
      }
    }
  };
  if (t.slice != nullptr) add_earlier(t.slice, t.slice_stride);
  if (t.total != nullptr) add_earlier(t.total, t.total_stride);

  finish_as(
      t.end->what, [&]<finish what>() __attribute__((always_inline)) {
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
            T* c = t.c + i * t.c_stride + j * w;
            const T* mask = t.mask + i * t.mask_stride + j * w;
            across.store(c, finished<what, T>(acc[i][j], *t.end, across, c, t.bias + j * w, mask));
          }
        }
      });
}

template <class T, std::size_t rows, std::size_t vectors>
TWINPATH_INLINE void clear(vec<T> (&acc)[rows][vectors]) {
  TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
    TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) acc[i][j] = vec<T>(T(0));
  }
}

template <class T, std::size_t rows, std::size_t vectors, a_layout layout, bool partial>
[[gnu::flatten]] void multiply_tile(const tile<T>& t) {
  constexpr std::size_t w = width<T>;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  vec<T> acc[rows][vectors];
  clear<T>(acc);

  const T* a = t.a;
  const T* b = t.b;
  const std::size_t a_step = layout == a_layout::columns ? t.a_stride : 1;
  const std::size_t a_row = layout == a_layout::columns ? 1 : t.a_stride;
  const std::size_t b_step = t.b_stride;
  for (std::size_t p = t.k; p != 0; --p) {
    vec<T> row[vectors];
    TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) row[j] = across.load(b + j * w);
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
      const vec<T> x(a[i * a_row]);
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) acc[i][j] = fma(x, row[j], acc[i][j]);
    }
    a += a_step;
    b += b_step;
  }
  finish_tile<T>(t, across, acc);
}

/// Rows of B where they lie, for a tile one vector across.
template <class T, bool partial>
struct rows_of_b {
  const T* first;
  std::size_t stride;
  TWINPATH_INLINE rows_of_b(const tile<T>& t) : first(t.b), stride(t.b_stride) {}
  TWINPATH_INLINE const T* operator[](std::size_t r) const { return first + r * stride; }
};
/// The last row stands in for the missing ones.
template <class T>
struct rows_of_b<T, true> {
  const T* row[width<T>];
  TWINPATH_INLINE rows_of_b(const tile<T>& t) {
    for (std::size_t r = 0; r < width<T>; ++r) row[r] = t.b + (r < t.tail ? r : t.tail - 1) * t.b_stride;
  }
  TWINPATH_INLINE const T* operator[](std::size_t r) const { return row[r]; }
};

/// The same for a transposed B that is read in place: element (p, j) is b[j * b_stride + p]. It is transposed
/// on its way through the registers, which pays for tiles that are the only ones to read it.
template <class T, std::size_t rows, a_layout layout, bool partial>
[[gnu::flatten]] void multiply_transposed_tile(const tile<T>& t) {
  constexpr std::size_t group = columns_at_once<T>;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  const rows_of_b<T, partial> b(t);
  vec<T> acc[rows][1];
  clear<T>(acc);

  const T* a = t.a;
  const std::size_t a_step = layout == a_layout::columns ? t.a_stride : 1;
  const std::size_t a_row = layout == a_layout::columns ? 1 : t.a_stride;
  std::size_t p = 0;
  for (; p + group <= t.k; p += group) {
    vec<T> column[group];
    load_columns(b, p, column);
    TWINPATH_UNROLL for (std::size_t s = 0; s < group; ++s) {
      TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
        acc[i][0] = fma(vec<T>(a[i * a_row + s * a_step]), column[s], acc[i][0]);
      }
    }
    a += group * a_step;
  }
  for (; p < t.k; ++p) {
    T column[width<T>];
    for (std::size_t r = 0; r < width<T>; ++r) column[r] = b[r][p];
    const vec<T> y = load(column);
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) acc[i][0] =
        fma(vec<T>(a[i * a_row]), y, acc[i][0]);
    a += a_step;
  }
  finish_tile<T>(t, across, acc);
}

/// The kernel of a tile, or null where its accumulators do not fit the registers.
template <class T, std::size_t rows, std::size_t vectors, a_layout layout, std::size_t accumulators>
constexpr micro_kernel<T> full_tile() {
  if constexpr (rows * vectors <= accumulators) return &multiply_tile<T, rows, vectors, layout, false>;
  return nullptr;
}

constexpr std::uint8_t widest_tile(std::size_t rows, std::size_t accumulators) {
  std::uint8_t i = 0;
  while (rows * tile_widths[i] > accumulators) ++i;
  return i;
}

template <class T, a_layout layout, std::size_t accumulators, std::size_t... row>
constexpr micro_kernels<T> list_micro_kernels(std::index_sequence<row...>) {
  return {.full = {{{full_tile<T, row + 1, tile_widths[0], layout, accumulators>()...},
                    {full_tile<T, row + 1, tile_widths[1], layout, accumulators>()...},
                    {full_tile<T, row + 1, tile_widths[2], layout, accumulators>()...},
                    {full_tile<T, row + 1, tile_widths[3], layout, accumulators>()...},
                    {full_tile<T, row + 1, tile_widths[4], layout, accumulators>()...}}},
          .widest = {widest_tile(row + 1, accumulators)...},
          .partial = {&multiply_tile<T, row + 1, 1, layout, true>...},
          .transposed = {&multiply_transposed_tile<T, row + 1, layout, false>...},
          .transposed_partial = {&multiply_transposed_tile<T, row + 1, layout, true>...}};
}

template <class T, a_layout layout, std::size_t tile_rows, std::size_t accumulators>
constexpr micro_kernels<T> make_micro_kernels() {
  static_assert(tile_rows <= max_tile_rows && tile_widths.size() == 5);
  return list_micro_kernels<T, layout, accumulators>(std::make_index_sequence<tile_rows>{});
}

}  // namespace
}  // namespace twinpath::inline v0::detail
