// SPDX-License-Identifier: MIT
// The driver of all matrix products.
#pragma once

#include <twinpath/matrix.hpp>

#include "linalg/kernel_table.hpp"
#include "linalg/product_plan.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// A product with everything that its store needs. Shapes fit and outputs do not overlap: the callers check.
template <class T>
struct product {
  operand<T> A;
  operand<T> B;
  matrix_view<T> C;
  epilogue<T> end;
  const T* bias = nullptr;    ///< C.cols() elements, for finish::bias and finish::bias_relu
  matrix_view<const T> mask;  ///< C's shape, for finish::mask

  [[nodiscard]] product_shape shape() const noexcept {
    return {C.rows(), C.cols(), A.cols(), A.is_transposed(), B.is_transposed()};
  }
};

/// Computes a product as planned, with `plan.scratch()` elements of 64-byte aligned scratch memory.
template <class T>
void run_product(const kernel_table<T>& table, const product_plan& plan, const product<T>& x, T* scratch,
                 span_label label);

/// Plans and computes with scratch memory of the calling thread, on at most all threads of its arena.
template <class T>
void run_product(const product<T>& x, span_label label);

}  // namespace twinpath::inline v0::detail
