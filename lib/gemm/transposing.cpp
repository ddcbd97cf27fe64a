// SPDX-License-Identifier: MIT
#include "gemm/transposing.hpp"

#include <algorithm>
#include <chrono>

#include "gemm/tiles.hpp"

namespace twinpath::inline v0::detail {
namespace {

constexpr std::size_t steps = 128;          ///< of k: both operands stay in the L1 cache
constexpr std::size_t columns = 32;         ///< two vectors of the widest tier
constexpr std::size_t stride = steps + 16;  ///< rows that do not evict each other
constexpr int repetitions = 12;             ///< the fastest one counts, whatever else the core has to do
/// By how much a tile that transposes may be slower before a copy of B pays. Where shuffles and
/// multiply-adds share a port it takes 1.3 to 1.7 times as long (Intel Emerald Rapids, December 2026).
constexpr double most_extra = 1.15;
static_assert(columns * stride >= steps * columns, "B is read transposed and as it is");

template <class Run>
double fastest(const Run& run) {
  double best = 1;
  for (int r = 0; r < repetitions; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 2; ++i) run();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

}  // namespace

template <class T>
finding measure_shuffles(const kernel_table<T>& table) noexcept {
  alignas(64) T a[max_tile_rows * stride]{};
  alignas(64) T b[columns * stride]{};
  alignas(64) T c[max_tile_rows * columns];
  static constexpr epilogue<T> store{};
  const micro_kernels<T>& kernels = table.products[static_cast<std::size_t>(a_layout::rows)];
  tile<T> t = {};
  t.k = steps;
  t.a = a;
  t.a_stride = stride;
  t.finish = &store;
  t.c = c;
  t.c_stride = columns;
  t.bias = t.mask = c;
  t.mask_stride = columns;

  const std::size_t vectors = columns / table.width;
  const std::size_t rows = std::min<std::size_t>(table.tile_rows, 14);
  const double transposing = fastest([&] {
    tile<T> x = t;
    x.b = b;
    x.b_stride = stride;
    multiply_row_of_transposed_tiles(kernels, table.width, x, rows, columns);
  });
  const tiles_across across(columns, table.width, std::min<std::size_t>(vectors, kernels.widest[rows - 1]));
  const double plain = fastest([&] {
    tile<T> x = t;
    x.b = b;
    x.b_stride = columns;
    multiply_row_of_tiles(kernels, table.width, across, x, rows, b_layout::in_place);
  });
  finding first = finding::not_measured;
  const finding found = transposing <= most_extra * plain ? finding::yes : finding::no;
  return hides_shuffles<T>.compare_exchange_strong(first, found, std::memory_order_relaxed) ? found : first;
}

template finding measure_shuffles(const kernel_table<float>&) noexcept;
template finding measure_shuffles(const kernel_table<double>&) noexcept;

}  // namespace twinpath::inline v0::detail
