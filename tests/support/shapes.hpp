// SPDX-License-Identifier: MIT
// Named families of shapes, C (m x n) = op(A) (m x k) * op(B) (k x n). Families around the edges of tiles use
// the register tiles of the active tier.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/kernel_table.hpp"

namespace tests {

namespace tp = twinpath;

struct shape {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  auto operator<=>(const shape&) const = default;
};

inline std::string text_of(const shape& s) {
  return std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k) + " (m, n, k)";
}

using shapes = std::vector<shape>;
using sizes = std::vector<std::size_t>;

namespace families {

inline shapes cross(const sizes& m, const sizes& n, const sizes& k) {
  std::set<shape> all;
  for (const std::size_t i : m) {
    for (const std::size_t j : n) {
      for (const std::size_t p : k) {
        if (i != 0 && j != 0 && p != 0) all.insert({i, j, p});
      }
    }
  }
  return {all.begin(), all.end()};
}

inline sizes up_to(std::size_t last) {
  sizes all;
  for (std::size_t i = 1; i <= last; ++i) all.push_back(i);
  return all;
}

inline void append(shapes& all, const shapes& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// The register tiles.
struct tile {
  std::size_t width;  ///< elements in a vector
  std::size_t rows;   ///< of the tallest tile
  std::size_t cols;   ///< of the widest tile of a tall product
  std::size_t widest = width * tp::detail::tile_widths.front();
};

template <class T>
tile tile_of() {
  const auto& table = tp::detail::kernels<T>();
  std::size_t vectors = table.tall_rows.size() - 1;
  while (table.tall_rows[vectors] == 0) --vectors;
  return {table.width, table.tile_rows, vectors * table.width};
}

/// Around one and two register tiles, around a vector, and around the widest tile of a few rows.
template <class T>
shapes tile_edges() {
  const tile t = tile_of<T>();
  shapes all = cross({1, 2, 3, t.rows - 1, t.rows, t.rows + 1, 2 * t.rows - 1, 2 * t.rows, 2 * t.rows + 1},
                     {1, t.width - 1, t.width, t.width + 1, t.cols - 1, t.cols, t.cols + 1, 2 * t.cols + 1,
                      t.widest - 1, t.widest, t.widest + 1},
                     {1, 2, t.width - 1, t.width + 1, 19});
  append(all, cross(up_to(2 * t.rows + 1), {t.width + 1, t.cols, 3 * t.cols + 2}, {7}));
  append(all, cross({1, t.rows, t.rows + 1}, up_to(2 * t.cols + 1), {5}));
  return all;
}

/// The smallest network, and cubes.
inline shapes tiny() {
  shapes all{{10, 4, 3}, {10, 2, 4}, {4, 2, 10}, {3, 4, 10}, {10, 4, 2}, {4, 10, 2}, {10, 3, 4}};
  for (std::size_t s = 2; s <= 16; ++s) all.push_back({s, s, s});
  return all;
}

/// Few rows or few columns, such as a batch of one row or one column per class.
inline shapes narrow() {
  const sizes few{1, 2, 3, 6, 10, 16};
  shapes all = cross(few, {37, 100}, {1, 70});
  append(all, cross({37, 100}, few, {1, 70}));
  append(all, cross(few, few, {333}));
  return all;
}

/// Layers of small networks, forward and backward.
inline shapes layers() {
  return {{32, 64, 64},  {64, 10, 128},  {64, 128, 10},  {128, 10, 64},
          {64, 128, 64}, {128, 10, 128}, {10, 128, 128}, {128, 128, 784}};
}

/// k around the cuts into blocks and slices of both types.
template <class T>
shapes block_cuts() {
  const tile t = tile_of<T>();
  shapes all = cross({1, t.rows + 1}, {3, t.cols + 1},
                     {15, 16, 17, 255, 256, 257, 319, 320, 321, 513, 640, 641, 4095, 4096});
  append(all, cross({t.rows / 2 + 1}, {t.width + 1, t.cols + 1}, {8191, 8192, 8193, 12288 + 5}));
  return all;
}

/// dW over a large batch: a small C and a k of several slices.
inline shapes long_k() {
  return {{64, 64, 16384}, {10, 20, 20000}};
}

/// Large enough that the plan may pack A, B or both, that k has several blocks, in strips or not, and that C
/// has several blocks of rows and columns.
template <class T>
shapes packed() {
  const tile t = tile_of<T>();
  return {{40, 5 * t.cols + 1, 70},
          {24 * t.rows + 1, 160 * 1024 / sizeof(T) / 320 + 35, 321},
          {601, t.cols + 1, 33}};
}

/// A B that is too large for strips and more columns than a block has.
template <class T>
shapes wide() {
  return {{tile_of<T>().rows + 1, 1040, 1024}};
}

}  // namespace families
}  // namespace tests
