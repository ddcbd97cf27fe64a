// SPDX-License-Identifier: MIT
// The micro-kernel: a register tile of rows x (vectors * width) of C over one block of k.
//
//   chain = 0;  for each p: chain = fma(a(i, p), b(p, j), chain)      vectorised across j, never across p
//   t = slice + chain;  t = total + t                   after earlier blocks, after earlier slices
//   C = epilogue(t)
#pragma once

#include <type_traits>

#include "kernels/finish.hpp"
#include "kernels/simd/simd.hpp"
#include "kernels/tile.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Hides from the compiler how x was computed. Otherwise it precomputes the addresses of all rows or columns
/// from it and spills them, and spills share the store queue with C.
template <class X>
TWINPATH_INLINE void opaque(X& x) {
  asm("" : "+r"(x));
}

/// The end of every micro-kernel: adds earlier sums to the accumulators, applies the epilogue and stores C,
/// `j0` columns to the right of t's pointers.
template <class T, std::size_t rows, std::size_t vectors, class Columns>
TWINPATH_INLINE void finish_tile(const tile<T>& t, std::size_t j0, const Columns& across,
                                 vec<T> (&acc)[rows][vectors]) {
  constexpr std::size_t w = width<T>;
  const auto add_earlier = [&](const T* sums, std::size_t stride) TWINPATH_LAMBDA {
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
        acc[i][j] = across.load(sums + j * w) + acc[i][j];
      }
      sums += stride;
      opaque(sums);
    }
  };
  if (t.slice != nullptr) add_earlier(t.slice + j0, t.slice_stride);
  if (t.total != nullptr) add_earlier(t.total + j0, t.total_stride);

  // Copies, because the compiler must assume that the stores of vectors change t.
  const epilogue<T> finish = *t.finish;
  T* const first = t.c + j0;
  const T* const first_bias = t.bias + j0;
  const T* const first_mask = t.mask + j0;
  const std::size_t stride = t.c_stride;
  const std::size_t mask_stride = t.mask_stride;
  finish_as(finish.op, [&]<epilogue_op op>() TWINPATH_LAMBDA {
    // All of C is read before any of it is stored: a load that overlaps a masked store waits until the store
    // has reached the cache.
    const T* c = first;
    const T* mask = first_mask;
    TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) {
        acc[i][j] = finished<op, T>(acc[i][j], finish, across, c + j * w, first_bias + j * w, mask + j * w);
      }
      c += stride;
      opaque(c);
      mask += mask_stride;
      opaque(mask);
    }
    const auto store = [&](const auto& columns) TWINPATH_LAMBDA {
      T* out = first;
      TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
        TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) columns.store(out + j * w, acc[i][j]);
        out += stride;
        opaque(out);
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

/// Steps of k between two advances of the pointers: their additions compete with the multiply-adds for ports.
inline constexpr std::size_t unrolled = 4;

template <class T>
TWINPATH_INLINE const T* bytes_on(const T* p, std::size_t bytes) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(p) + bytes);
}

/// Four rows in memory, addressed from one pointer: an address may add one or two times a register.
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
  /// At the beginning of a loop: otherwise the compiler computes the distance of each access ahead of the
  /// loop and runs out of registers.
  TWINPATH_INLINE void pin_strides() { asm("" : "+r"(stride), "+r"(stride3)); }
};

/// Rows that are read side by side, with one pointer for each group of `each` rows, four or eight.
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
      opaque(first[g]);
    }
  }
  TWINPATH_INLINE const T* operator[](std::size_t i) const { return from(first[i / each], i % each); }
  /// By columns.
  TWINPATH_INLINE void advance(std::size_t columns) {
    TWINPATH_UNROLL for (std::size_t g = 0; g < groups; ++g) first[g] += columns;
  }
  /// As four_rows::pin_strides.
  TWINPATH_INLINE void pin_strides() {
    asm("" : "+r"(stride), "+r"(stride3));
    if constexpr (each == 8) asm("" : "+r"(stride5), "+r"(stride7));
  }
  /// Prefetches the elements of a group of rows that lie `columns` ahead.
  TWINPATH_INLINE void prefetch(std::size_t group, std::size_t columns) const {
    const T* ahead = first[group] + columns;
    opaque(ahead);
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
  TWINPATH_INLINE void pin_strides() { lines.pin_strides(); }
};

/// Whether the accumulators of a tile fit the registers beside a row of B and an element of A.
constexpr bool fits(std::size_t rows, std::size_t vectors, std::size_t registers) {
  return rows == 1 ? vectors + 2 <= registers : rows * vectors + vectors + 1 <= registers;
}

/// What a micro-kernel prefetches while it multiplies.
enum class prefetch {
  nothing,
  ahead,  ///< tile::ahead, a cache line a step
  b,      ///< B, a row a step, `rows_ahead` rows before they are multiplied
};
inline constexpr std::size_t rows_ahead = 6;

template <class T, std::size_t vectors, prefetch what>
struct prefetched_rows {
  std::size_t stride;  // in bytes
  const T* next;
  TWINPATH_INLINE prefetched_rows(const tile<T>& t, const T* b)
      : stride((what == prefetch::b ? t.b_stride : t.ahead_stride) * sizeof(T)),
        next(what == prefetch::b ? bytes_on(b, rows_ahead * stride) : t.ahead) {}
  TWINPATH_INLINE void prefetch_one() {
    if constexpr (what != prefetch::nothing) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < (what == prefetch::b ? vectors : 1); ++j) {
        __builtin_prefetch(next + j * width<T>, 0, what == prefetch::b ? 3 : 2);
      }
      next = bytes_on(next, stride);
    }
  }
};

/// Prefetches a tile of C or of sums.
template <class T, std::size_t rows, std::size_t vectors>
TWINPATH_INLINE void prefetch_tile(const T* first, std::size_t stride) {
  TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
    opaque(first);
    TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j)
        __builtin_prefetch(first + (j + 1) * width<T> - 1);
    first += stride;
  }
}

/// acc += column s of A * row s of B. A function like the next ones, because GCC 12 keeps in memory the
/// variables that nested lambdas capture.
template <class T, std::size_t registers, std::size_t rows, std::size_t vectors, class A, class Ahead,
          class Columns>
TWINPATH_INLINE void multiply_row_of_b(vec<T> (&acc)[rows][vectors], const A& a, const four_rows<T>& b,
                                       std::size_t s, Ahead& ahead, const Columns& across) {
  vec<T> row[vectors];
  TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) row[j] = across.load(b[s] + j * width<T>);
  // With fewer than two registers to spare GCC would keep an accumulator in memory for it.
  if constexpr (rows > 1 && fits(rows, vectors, registers - 2)) {
    TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) pin<T>(row[j]);
  }
  ahead.prefetch_one();
  TWINPATH_UNROLL for (std::size_t i = 0; i < rows; ++i) {
    // A separate broadcast does not pay for one or two multiply-adds.
    if constexpr (vectors <= 2) {
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) accumulate(acc[i][j], &a(i, s), row[j]);
    } else {
      const vec<T> x(a(i, s));
      TWINPATH_UNROLL for (std::size_t j = 0; j < vectors; ++j) accumulate(acc[i][j], x, row[j]);
    }
  }
  // No load moves to an earlier step, where it would take a register from the accumulators.
  asm volatile("" ::: "memory");
}

/// acc += A * B for all k steps of a tile whose B lies at `first_of_b`.
template <class T, a_layout layout, std::size_t registers, prefetch what, std::size_t rows,
          std::size_t vectors, class Columns>
TWINPATH_INLINE void multiply_block(vec<T> (&acc)[rows][vectors], const tile<T>& t, const T* first_of_b,
                                    const Columns& across) {
  elements_of_a<T, rows, layout> a(t);
  four_rows<T> b(first_of_b, t.b_stride);
  prefetched_rows<T, vectors, what> ahead(t, first_of_b);
  std::size_t k = t.k;
  for (; k >= unrolled; k -= unrolled) {
    a.pin_strides();
    b.pin_strides();
    TWINPATH_UNROLL for (std::size_t s = 0; s < unrolled; ++s) {
      multiply_row_of_b<T, registers>(acc, a, b, s, ahead, across);
    }
    a.advance(unrolled);
    b.advance(unrolled);
  }
  for (; k != 0; --k) {
    multiply_row_of_b<T, registers>(acc, a, b, 0, ahead, across);
    a.advance(1);
    b.advance(1);
  }
}

/// `read_once`: B is read once and does not come from a near cache.
template <class T, std::size_t rows, std::size_t vectors, a_layout layout, bool partial,
          std::size_t registers, bool read_once = false>
[[gnu::flatten]] void multiply_tiles(const tile<T>& t) {
  constexpr std::size_t across_tile = vectors * width<T>;
  const std::conditional_t<partial, tail<T>, whole<T>> across(t.tail);
  const T* first_of_b = t.b;
  std::size_t j0 = 0;
  for (;;) {
    vec<T> acc[rows][vectors];
    clear<T>(acc);
    if constexpr (!partial) opaque(j0);
    if (!partial && t.fetches_c) {
      prefetch_tile<T, rows, vectors>(t.c + j0, t.c_stride);
      if (t.slice != nullptr && t.slice != t.c) {
        prefetch_tile<T, rows, vectors>(t.slice + j0, t.slice_stride);
      }
    }
    if constexpr (read_once) {
      multiply_block<T, layout, registers, prefetch::b>(acc, t, first_of_b, across);
    } else if (!partial && j0 == 0 && t.ahead != nullptr) {
      multiply_block<T, layout, registers, prefetch::ahead>(acc, t, first_of_b, across);
    } else {
      multiply_block<T, layout, registers, prefetch::nothing>(acc, t, first_of_b, across);
    }
    finish_tile<T>(t, j0, across, acc);
    j0 += across_tile;
    if (partial || j0 == t.count * across_tile) return;
    first_of_b += t.b_next;
  }
}

}  // namespace
}  // namespace twinpath::inline v0::detail
