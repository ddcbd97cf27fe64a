// SPDX-License-Identifier: MIT
// The direct path: micro-kernels read both operands where they are, without a plan and without scratch
// memory.
#pragma once

#include <cstddef>
#include <vector>

#include "gemm/product.hpp"

namespace twinpath::inline v0::detail {

/// Most elements of op(B) that are transposed on the stack.
inline constexpr std::size_t most_copied_b = 4096;

/// Computes a product for which `is_direct` holds. C has elements. Operands are passed by reference, because
/// a copy of what was just written costs as much as the smallest product.
template <class T>
void multiply_direct(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                     const matrix_view<T>& C, const epilogue<T>& finish, const T* bias,
                     const matrix_view<const T>& mask);

/// A call of a micro-kernel that has not been made yet.
template <class T>
struct kernel_call {
  micro_kernel<T> kernel;
  tile<T> operands;

  void make() const { kernel(operands); }
};

/// Appends the calls that `multiply_direct` would make. They may be made any number of times as long as the
/// operands and `finish` stay where they are. False for a product whose B would be packed.
template <class T>
[[nodiscard]] bool list_direct(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                               const matrix_view<T>& C, const epilogue<T>& finish, const T* bias,
                               const matrix_view<const T>& mask, std::vector<kernel_call<T>>& calls);

}  // namespace twinpath::inline v0::detail
