// SPDX-License-Identifier: MIT
// Sums of columns, of rows and of squares.
#pragma once

#include <type_traits>

#include <twinpath/contract/sums.hpp>

#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

// --- columns ----------------------------------------------------------------------------------------------

/// One chain of additions for each of `vectors` vectors over up to contract::sum_rows rows.
template <class T, std::size_t vectors, class Columns>
TWINPATH_INLINE void add_chains(const T* x, std::size_t stride, std::size_t rows, const Columns& across,
                                vec<T> (&chain)[vectors]) {
  for (vec<T>& c : chain) c = vec<T>(T(0));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t v = 0; v < vectors; ++v) {
      chain[v] = chain[v] + across.load(x + i * stride + v * width<T>);
    }
  }
}

/// Calls body(offset, columns, vectors) for groups of four vectors, so that four chains hide each other's
/// latency, then for single ones. `vectors` is an integral_constant.
template <class T, class Body>
TWINPATH_INLINE void for_vector_groups(std::size_t n, Body&& body) {
  std::size_t j = 0;
  for (; j + 4 * width<T> <= n; j += 4 * width<T>) {
    body(j, whole<T>(), std::integral_constant<std::size_t, 4>());
  }
  for_vectors<T>(n - j, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
    body(j + i, across, std::integral_constant<std::size_t, 1>());
  });
}

template <class T>
[[gnu::flatten]] void column_chain(const T* x, std::size_t stride, std::size_t rows, std::size_t cols,
                                   T* out) {
  for_vector_groups<T>(cols, [&](std::size_t j, auto across, auto vectors) TWINPATH_LAMBDA {
    vec<T> chain[vectors()];
    add_chains<T, vectors()>(x + j, stride, rows, across, chain);
    for (std::size_t v = 0; v < vectors(); ++v) across.store(out + j + v * width<T>, chain[v]);
  });
}

/// Calls finish(j, columns, total) with the sums of each vector of columns.
template <class T, class Finish>
TWINPATH_INLINE void for_column_sums(const T* x, std::size_t stride, std::size_t rows, std::size_t cols,
                                     const Finish& finish) {
  for_vector_groups<T>(cols, [&](std::size_t j, auto across, auto vectors) TWINPATH_LAMBDA {
    vec<T> total[vectors()];
    for (vec<T>& t : total) t = vec<T>(T(0));
    for (std::size_t i = 0; i < rows; i += contract::sum_rows) {
      const std::size_t left = rows - i;
      vec<T> chain[vectors()];
      add_chains<T, vectors()>(x + i * stride + j, stride,
                               left < contract::sum_rows ? left : contract::sum_rows, across, chain);
      for (std::size_t v = 0; v < vectors(); ++v) total[v] = total[v] + chain[v];
    }
    for (std::size_t v = 0; v < vectors(); ++v) finish(j + v * width<T>, across, total[v]);
  });
}

template <class T>
[[gnu::flatten]] void column_sums(const T* x, std::size_t stride, std::size_t rows, std::size_t cols,
                                  T* out) {
  for_column_sums<T>(x, stride, rows, cols, [&](std::size_t j, auto across, vec<T> total) TWINPATH_LAMBDA {
    across.store(out + j, total);
  });
}
template <class T>
[[gnu::flatten]] void column_descent(T rate, const T* x, std::size_t stride, std::size_t rows,
                                     std::size_t cols, T* w) {
  const vec<T> step(-rate);
  for_column_sums<T>(x, stride, rows, cols, [&](std::size_t j, auto across, vec<T> total) TWINPATH_LAMBDA {
    across.store(w + j, fma(step, total, across.load(w + j)));
  });
}

/// The lanes of a row sum. The tree skips vectors without an element: they are +0, and adding +0 changes
/// nothing.
template <class T>
struct row_lanes {
  static constexpr std::size_t vectors = contract::sum_lanes<T> / width<T>;
  vec<T> lanes[vectors];

  TWINPATH_INLINE row_lanes() {
    for (vec<T>& lane : lanes) lane = vec<T>(T(0));
  }
  TWINPATH_INLINE vec<T>& at(std::size_t offset) { return lanes[offset / width<T> % vectors]; }
  TWINPATH_INLINE T fold(std::size_t n) {
    if (n <= width<T>) return fold_lanes<T>(lanes[0]);
    for (std::size_t half = vectors / 2; half != 0; half /= 2) {
      for (std::size_t l = 0; l < half; ++l) lanes[l] = lanes[l] + lanes[l + half];
    }
    return fold_lanes<T>(lanes[0]);
  }
};

/// A row sum to whose lanes add(lane, x) adds each vector.
template <class T, class Add>
TWINPATH_INLINE T fold_row(const T* x, std::size_t n, const Add& add) {
  row_lanes<T> sum;
  constexpr std::size_t lanes = contract::sum_lanes<T>;
  std::size_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    for (std::size_t l = 0; l < sum.vectors; ++l) add(sum.lanes[l], load(x + j + l * width<T>));
  }
  for_vectors<T>(n - j, [&](std::size_t i, auto across) { add(sum.at(i), across.load(x + j + i)); });
  return sum.fold(n);
}
template <class T>
[[gnu::flatten]] T row_sum(const T* x, std::size_t n) {
  return fold_row<T>(x, n, [](vec<T>& lane, vec<T> v) TWINPATH_LAMBDA { lane = lane + v; });
}
template <class T>
[[gnu::flatten]] T sum_of_squares(T scale, const T* x, std::size_t n) {
  const vec<T> factor(scale);
  return fold_row<T>(x, n, [&](vec<T>& lane, vec<T> v) TWINPATH_LAMBDA {
    const vec<T> scaled = factor * v;
    lane = fma(scaled, scaled, lane);
  });
}

}  // namespace
}  // namespace twinpath::inline v0::detail
