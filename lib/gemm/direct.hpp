// SPDX-License-Identifier: MIT
// The direct path: a product so small that its parts need no order.
#pragma once

#include <algorithm>
#include <vector>

#include <twinpath/contract.hpp>

#include "gemm/product.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {

/// Most elements of op(B) that are transposed on the stack.
inline constexpr std::size_t small_b = 4096;

/// Whether C can be computed straight from the operands, on one thread: one block of k, and what is read
/// again and again stays in the near caches, both operands or a B of few steps. For several tiles of rows a
/// transposed B may be copied to the stack first.
[[nodiscard]] inline bool is_small(const product_shape& s) noexcept {
  constexpr std::size_t side = 128;
  if (!s.b_transposed && s.k <= 48 && s.k * s.n <= small_b) return true;
  if (s.m > side || s.n > side || s.k > side) return false;
  return !s.b_transposed || s.k * (s.n + 16) <= small_b;
}
/// Whether no second thread is worth its while, either: as in product_workers storing C takes as long as
/// three steps.
[[nodiscard]] inline bool is_smallest(const product_shape& s) noexcept {
  return is_small(s) && s.m * s.n * std::max<std::size_t>(s.k, 3) < static_cast<std::size_t>(2 * task_work);
}
/// Whether C can be computed like that because it is one row of tiles and B in a near cache: all that there
/// is to do is to read B once. C keeps the sums of earlier blocks of k where it may.
template <class T>
[[nodiscard]] inline bool is_row_of_tiles(const kernel_table<T>& table, const product_shape& s,
                                          epilogue_op op) noexcept {
  return s.m <= table.tile_rows && s.k * s.n * sizeof(T) <= near_bytes && contract::slices(s.k).count == 1 &&
         (s.k <= contract::block_length<T> || leaves_c_for_sums(op));
}
/// Whether `multiply_small` may take a product, on one thread.
template <class T>
[[nodiscard]] inline bool is_direct(const kernel_table<T>& table, const product_shape& s,
                                    epilogue_op op) noexcept {
  return is_small(s) || is_row_of_tiles(table, s, op);
}

/// For a C with elements. Operands by reference, because a copy of what was just written costs as much as the
/// smallest product.
template <class T>
void multiply_small(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                    const matrix_view<T>& C, const epilogue<T>& finish, const T* bias,
                    const matrix_view<const T>& mask);

/// A call of a micro-kernel that is yet to be made.
template <class T>
struct kernel_call {
  micro_kernel<T> kernel;
  tile<T> operands;

  void make() const { kernel(operands); }
};

/// Appends the calls that `multiply_small` would make, to be made any number of times while the operands,
/// `end` among them, stay where they are. False where it would pack B.
template <class T>
[[nodiscard]] bool list_small(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                              const matrix_view<T>& C, const epilogue<T>& finish, const T* bias,
                              const matrix_view<const T>& mask, std::vector<kernel_call<T>>& calls);

}  // namespace twinpath::inline v0::detail
