// SPDX-License-Identifier: MIT
// The narrow path: a C with so few columns that most lanes of a vector across them would idle. The transposed
// product is computed, vectorised along the rows of C, and transposed back in the store.
//
//   C^T (n x m) = op(B)^T (n x k) * op(A)^T (k x m)
#pragma once

#include "linalg/product.hpp"

namespace twinpath::inline v0::detail {

/// Whether the narrow path pays: when a quarter of the lanes would idle otherwise. Where op(A)^T has to be
/// transposed on its way through the registers, one tile must be the only one to read it.
template <class T>
[[nodiscard]] inline bool is_narrow(const kernel_table<T>& table, const product_shape& s) noexcept {
  const std::size_t w = table.width;
  const std::size_t padded = round_up(s.n, w);
  if (s.m < 2 * w || 4 * s.n > 3 * padded) return false;
  if (s.a_transposed) return s.n <= 2 * w;
  // A vector's length of rows is read side by side, which is slow where they evict each other.
  return s.n <= table.tile_rows && (!s.a_aliases || 2 * s.n < w);
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
