// SPDX-License-Identifier: MIT
// The measured products by family: those that a perceptron needs, and difficult ones.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "common/machine.hpp"

namespace gemm_bench {

enum class layout { NN, TN, NT };
using bench::element;

inline constexpr std::array every_layout{layout::NN, layout::TN, layout::NT};

[[nodiscard]] constexpr const char* name(layout l) {
  return l == layout::NN ? "NN" : l == layout::TN ? "TN" : "NT";
}

/// C = op(A) * op(B): op(A) is m x k, op(B) is k x n.
struct row {
  std::string family;
  element type = element::f32;
  layout how = layout::NN;
  std::size_t m = 0, n = 0, k = 0;
  std::size_t leading = 0;  ///< leading dimension of A, B and C; 0: the number of columns

  [[nodiscard]] bool trans_a() const { return how == layout::TN; }
  [[nodiscard]] bool trans_b() const { return how == layout::NT; }
  [[nodiscard]] std::size_t lda() const { return leading != 0 ? leading : trans_a() ? m : k; }
  [[nodiscard]] std::size_t ldb() const { return leading != 0 ? leading : trans_b() ? k : n; }
  [[nodiscard]] std::size_t ldc() const { return leading != 0 ? leading : n; }
  [[nodiscard]] std::size_t a_size() const { return (trans_a() ? k : m) * lda(); }
  [[nodiscard]] std::size_t b_size() const { return (trans_b() ? n : k) * ldb(); }
  [[nodiscard]] std::size_t c_size() const { return m * ldc(); }

  [[nodiscard]] double flops() const {
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  }
  /// Counts every element of A, B and C once.
  [[nodiscard]] double bytes() const {
    return static_cast<double>(m * k + k * n + m * n) * (type == element::f32 ? 4 : 8);
  }
  /// Whether the result is a dot product of contiguous rows, whose fast form the arithmetic contract forbids.
  [[nodiscard]] bool excepted() const { return (m == 1 && trans_b()) || (n == 1 && !trans_a()); }

  [[nodiscard]] std::string name() const {
    std::string text = family + '/' + bench::name(type) + '/' + gemm_bench::name(how) + '/' +
                       std::to_string(m) + 'x' + std::to_string(n) + 'x' + std::to_string(k);
    if (leading != 0) text += "/ld" + std::to_string(leading);
    return text;
  }
};

inline constexpr std::array families{"tiny", "small", "layer", "square", "long", "thin"};

namespace tables {

inline constexpr std::array tiny_cubes{2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16};
inline constexpr std::array small_cubes{24, 32, 48, 64, 96};
inline constexpr std::array square_cubes{128, 256, 384, 512, 768, 1023, 1024, 1025, 1536, 2048};
// With a power of two as leading dimension, all rows of a tile map to the same few sets of a cache.
inline constexpr std::array square_leading{1024, 4096};
inline constexpr int square_of_leading = 512;

inline constexpr std::array batches{1, 8, 32, 64, 128, 256, 512, 1024};
struct layer {
  int in, out;
};
inline constexpr std::array layers{layer{784, 128}, layer{128, 10},  layer{784, 256},
                                   layer{256, 128}, layer{512, 512}, layer{1024, 1024}};

struct shape {
  int m, n, k;
};
inline constexpr std::array long_products{shape{64, 64, 65536}, shape{784, 10, 8192}, shape{32, 32, 1000000},
                                          shape{10, 128, 60000}};
inline constexpr layer ten_classes{128, 10};
inline constexpr std::array thin_sizes{1, 2, 3, 6, 16};
inline constexpr int thin_others = 512;

}  // namespace tables

/// All rows of one type; double has no rows of `tiny`, `long` and `thin`.
[[nodiscard]] inline std::vector<row> all_rows(element type) {
  using namespace tables;
  std::vector<row> rows;
  const auto add = [&](const char* family, layout how, int m, int n, int k, int leading = 0) {
    const auto size = [](int x) { return static_cast<std::size_t>(x); };
    rows.push_back({family, type, how, size(m), size(n), size(k), size(leading)});
  };
  const auto add_cubes = [&](const char* family, const auto& sizes) {
    for (const int s : sizes) {
      for (const layout how : every_layout) add(family, how, s, s, s);
    }
  };
  const auto add_training = [&](const char* family, layer l, int batch) {
    add(family, layout::NN, batch, l.out, l.in);  // forward
    add(family, layout::TN, l.in, l.out, batch);  // dW
    add(family, layout::NT, batch, l.in, l.out);  // dA
  };

  if (type == element::f32) {
    add("tiny", layout::NN, 10, 4, 3);
    add("tiny", layout::TN, 4, 2, 10);
    add("tiny", layout::NT, 10, 4, 2);
    add_cubes("tiny", tiny_cubes);
  }

  add_cubes("small", small_cubes);
  for (const layout how : every_layout) {
    // The forward product, dW and dA of a layer of 64 x 64 for 32 examples, without duplicates.
    if (how == layout::TN) add("small", how, 64, 64, 32);
    add("small", how, 32, 64, 64);
  }

  for (const layer l : layers) {
    for (const int batch : batches) add_training("layer", l, batch);
  }

  add_cubes("square", square_cubes);
  for (const int leading : square_leading) {
    constexpr int s = square_of_leading;
    for (const layout how : every_layout) add("square", how, s, s, s, leading);
  }

  if (type == element::f32) {
    for (const shape s : long_products) add("long", layout::TN, s.m, s.n, s.k);
    for (const int batch : batches) add_training("thin", ten_classes, batch);
    for (const int s : thin_sizes) {
      for (const layout how : every_layout) {
        add("thin", how, s, thin_others, thin_others);
        add("thin", how, thin_others, s, thin_others);
      }
    }
  }
  return rows;
}

}  // namespace gemm_bench
