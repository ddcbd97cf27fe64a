// SPDX-License-Identifier: MIT
// The micro-kernel: a register tile of rows x (vectors * width) of C over one block of k.
//
//   chain = 0;  for each p: chain = fma(a(i, p), b(p, j), chain)      vectorised across j, never across p
//   t = slice + chain;  t = total + t                   where there were earlier blocks, earlier slices
//   C = finish(t)
#pragma once

#include <type_traits>

#include "kernels/finish.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// What the compiler cannot trace back to what it was made from. Otherwise it keeps sums of it, one for each
/// row or column, in memory; and small stores to the stack wait in one queue with those of C.
template <class X>
TWINPATH_INLINE void hide(X& x) {
  asm("" : "+r"(x));
}

/// The end of every micro-kernel: adds earlier sums to the accumulators and stores what the epilogue makes of
/// them, `j0` columns to the right of where t points.
template <class T, std::size_t rows, std::size_t vectors, class Columns>
TWINPATH_INLINE void finish_tile(const tile<T>& t, std::size_t j0, const Columns& across,
                                 vec<T> (&acc)[rows][vectors]) {
  constexpr std::size_t w = width<T>;
  const auto add_earlier = [&](const T* sums, std::size_t stride) __attribute__((always_inline)) {
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
        acc[i][j] = across.load(sums + j * w) + acc[i][j];
      }
      sums += stride;
      hide(sums);
    }
  };
  if (t.slice != nullptr) add_earlier(t.slice + j0, t.slice_stride);
  if (t.total != nullptr) add_earlier(t.total + j0, t.total_stride);

  // Copies, because a store of vectors might change t as far as the compiler knows.
  const epilogue<T> finish = *t.finish;
  T* const first = t.c + j0;
  const T* const first_bias = t.bias + j0;
  const T* const first_mask = t.mask + j0;
  const std::size_t stride = t.c_stride;
  const std::size_t mask_stride = t.mask_stride;
  finish_as(
      finish.op, [&]<epilogue_op op>() __attribute__((always_inline)) {
        // All of C is read before any of it is stored: a load beside a masked store waits until that one has
        // left for the cache.
        const T* c = first;
        const T* mask = first_mask;
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
            acc[i][j] =
                finished<op, T>(acc[i][j], finish, across, c + j * w, first_bias + j * w, mask + j * w);
          }
          c += stride;
          hide(c);
          mask += mask_stride;
          hide(mask);
        }
        const auto store = [&](const auto& columns) __attribute__((always_inline)) {
          T* out = first;
          TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
            TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) columns.store(out + j * w, acc[i][j]);
            out += stride;
            hide(out);
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

/// Rows that are read side by side: a pointer for every `each` of them, four or eight.
template <class T, std::size_t rows, std::size_t each = 4>
struct rows_side_by_side {
  static constexpr std::size_t groups = (rows + each - 1) / each;
  const T* first[groups];
  std::size_t stride;  // in bytes
  std::size_t stride3;
  std::size_t stride5;
  std::size_t stride7;
  TWINPATH_INLINE rows_side_by_side(const T* p, std::size_t s)
      : stride(s * sizeof(T)), stride3(3 * stride), stride5(5 * stride), stride7(7 * stride) {
    TWINPATH_UNROLL for (std::size_t g = 0; g < groups; ++g) {
      first[g] = p + each * g * s;
      hide(first[g]);
    }
  }
  TWINPATH_INLINE const T* operator[](std::size_t i) const { return from(first[i / each], i % each); }
  /// By columns.
  TWINPATH_INLINE void advance(std::size_t columns) {
    TWINPATH_UNROLL for (std::size_t g = 0; g < groups; ++g) first[g] += columns;
  }
  /// As four_rows::keep.
  TWINPATH_INLINE void keep() {
    asm("" : "+r"(stride), "+r"(stride3));
    if constexpr (each == 8) asm("" : "+r"(stride5), "+r"(stride7));
  }
  /// Fetches what lies so many columns ahead in a group of rows.
  TWINPATH_INLINE void fetch(std::size_t group, std::size_t columns) const {
    const T* ahead = first[group] + columns;
    hide(ahead);
    TWINPATH_UNROLL for (std::size_t i = 0; i < each; ++i) {
      if (group * each + i < rows) __builtin_prefetch(from(ahead, i));
    }
  }

 private:
  TWINPATH_INLINE const T* from(const T* p, std::size_t i) const {
    const std::size_t on[8] = {0, stride, 2 * stride, stride3, 4 * stride, stride5, 2 * stride3, stride7};
    return bytes_on(p, on[i]);
  }
};

/// Elements of A: row i, `s` steps of k ahead.
template <class T, std::size_t rows, a_layout layout>
struct elements_of_a {
  std::conditional_t<layout == a_layout::columns, four_rows<T>, rows_side_by_side<T, rows>> lines;
  TWINPATH_INLINE explicit elements_of_a(const tile<T>& t) : lines(t.a, t.a_stride) {}
  TWINPATH_INLINE const T& operator()(std::size_t i, std::size_t s) const {
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

/// Whether the accumulators of a tile fit the registers beside a row of B and an element of A.
constexpr bool fits(std::size_t rows, std::size_t vectors, std::size_t registers) {
  return rows == 1 ? vectors + 2 <= registers : rows * vectors + vectors + 1 <= registers;
}

/// `streams`: B is read once and does not come from a near cache.
template <class T, std::size_t rows, std::size_t vectors, a_layout layout, bool partial,
          std::size_t registers, bool streams = false>
[[gnu::flatten]] void multiply_tiles(const tile<T>& t) {
  constexpr std::size_t w = width<T>;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  const T* first_of_b = t.b;
  std::size_t j0 = 0;
  for (;;) {
    vec<T> acc[rows][vectors];
    clear<T>(acc);
    if constexpr (!partial) hide(j0);
    if (!partial && t.fetches_c) {
      const auto fetch_tile = [&](const T* first, std::size_t stride) __attribute__((always_inline)) {
        first += j0;
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          hide(first);
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j)
              __builtin_prefetch(first + (j + 1) * w - 1);
          first += stride;
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
        // With fewer than two registers to spare GCC would keep an accumulator in memory for it.
        if constexpr (rows > 1 && fits(rows, vectors, registers - 2)) {
          TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) hold<T>(row[j]);
        }
        if constexpr (what != fetch::nothing) {
          TWINPATH_UNROLL for (std::size_t j = 0; j < (what == fetch::b ? vectors : 1); ++j) {
            __builtin_prefetch(ahead + j * w, 0, what == fetch::b ? 3 : 2);
          }
          ahead = bytes_on(ahead, ahead_stride);
        }
        TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
          // For one or two multiply-adds a broadcast of its own does not pay.
          if constexpr (vectors <= 2) {
            TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) accumulate(acc[i][j], &a(i, s), row[j]);
          } else {
            const vec<T> x(a(i, s));
            TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) accumulate(acc[i][j], x, row[j]);
          }
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
    j0 += vectors * w;
    if (partial || j0 == t.count * (vectors * w)) return;
    first_of_b += t.b_next;
  }
}

}  // namespace
}  // namespace twinpath::inline v0::detail
