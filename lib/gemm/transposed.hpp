// SPDX-License-Identifier: MIT
// The narrow path: the transposed product is computed, and transposed back in the store.
//
//   C^T (n x m) = op(B)^T (n x k) * op(A)^T (k x m)
//
// That pays for a C with so few columns that most lanes of a vector across them would idle: it is vectorised
// along the rows of C instead. And it pays for few rows of A * B^T: a small A is transposed where a large B
// would be.
#pragma once

#include <algorithm>

#include "gemm/product.hpp"

namespace twinpath::inline v0::detail {

/// Whether C has so few columns that the narrow path pays: straight from the operands, lanes idle in every
/// multiply-add.
template <class T>
[[nodiscard]] inline bool has_few_columns(const kernel_table<T>& table, const product_shape& s) noexcept {
  const std::size_t w = table.width;
  if (s.m < 2 * w || s.n > 2 * w || 4 * s.n > 3 * round_up(s.n, w)) return false;
  // What each way takes, in sixteenths of a multiply-add of whole vectors, with figures that were measured.
  // One of half vectors takes little more than half as long: it waits for the load of its element of A. A
  // vector of op(A)^T that is transposed on its way through the registers costs as much as three, beside
  // multiply-adds.
  const bool half = table.has_half_tiles() && s.n % w <= w / 2;
  if (s.a_transposed && s.k >= 48 && !half) return true;
  // A transposed B costs the direct way three sixteenths more.
  const std::size_t last = (half ? (s.a_transposed ? 10 : 9) : 16) + (s.b_transposed ? 3 : 0);
  const std::size_t direct = s.m * (s.k + 5) * (s.n / w * 16 + last);
  const std::size_t tiles = divide_up(s.n, table.tile_rows);
  const std::size_t steps = s.k * ((s.a_transposed ? s.n : std::max<std::size_t>(s.n, 3)) + tiles);
  // One column may be its own transpose; up to a lane of them is stored lane by lane.
  const std::size_t store = (s.n == 1 ? 20 : s.n <= 16 / sizeof(T) ? 50 : 60 + 4 * w) + 6 * s.n;
  const std::size_t turned = 15 * (200 + divide_up(s.m, w) * (store + steps));
  return turned < direct;
}

/// Whether A * B^T has so few rows that A and C are sooner transposed than B.
template <class T>
[[nodiscard]] inline bool has_few_rows(const kernel_table<T>& table, const product_shape& s) noexcept {
  if (!s.b_transposed || s.a_transposed || s.m * s.n * s.k <= 64 * 64 * 64) return false;
  // Read in place by tall tiles B costs no more, unless its rows evict each other or no lane would idle here.
  if (s.m <= table.in_place_rows && !s.a_aliases && !s.b_aliases && (s.m % table.width != 0 || s.k < 256))
    return false;
  return 4 * s.m > 3 * round_up(s.m, table.width) - table.width && 9 * s.m * (s.k + s.n) < 5 * s.n * s.k;
}

template <class T>
[[nodiscard]] inline bool is_narrow(const kernel_table<T>& table, const product_shape& s) noexcept {
  return has_few_columns(table, s) || has_few_rows(table, s);
}

/// The plan for at most so many threads.
template <class T>
[[nodiscard]] narrow_plan plan_narrow(const kernel_table<T>& table, const product_shape& shape,
                                      std::size_t threads);

/// Computes as planned, with `plan.scratch()` elements of 64-byte aligned scratch memory.
template <class T>
void run_narrow(const kernel_table<T>& table, const narrow_plan& plan, const product<T>& x, T* scratch,
                span_label label);

}  // namespace twinpath::inline v0::detail
