// SPDX-License-Identifier: MIT
// All matrix products: what is multiplied, what its store does, and by which path.
#pragma once

#include <twinpath/matrix.hpp>

#include "gemm/blocked_plan.hpp"
#include "kernels/after_store.hpp"
#include "kernels/kernel_table.hpp"
#include "runtime/cache.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// The shape of a product whose operands have these distances between rows.
template <class T>
[[nodiscard]] constexpr product_shape make_shape(std::size_t m, std::size_t n, std::size_t k,
                                                 bool a_transposed, bool b_transposed, std::size_t a_stride,
                                                 std::size_t b_stride) noexcept {
  return {m,
          n,
          k,
          a_transposed,
          b_transposed,
          aliases(a_stride * sizeof(T)),
          aliases(b_stride * sizeof(T)),
          b_stride * sizeof(T) % line_bytes != 0};
}

/// A product with everything that its store needs. Shapes fit and outputs do not overlap: the callers check.
template <class T>
struct product {
  operand<T> A;
  operand<T> B;
  matrix_view<T> C;
  epilogue<T> finish;
  const T* bias = nullptr;    ///< C.cols() elements, for epilogue_op::bias and epilogue_op::bias_relu
  matrix_view<const T> mask;  ///< C's shape, for epilogue_op::mask
  after_store<T> after = after_store<T>();

  // As an aggregate it would be cleared first, which costs the smallest network a twentieth of its time.
  product(const operand<T>& a, const operand<T>& b, const matrix_view<T>& c, const epilogue<T>& e,
          const T* added, const matrix_view<const T>& masked)
      : A(a), B(b), C(c), finish(e), bias(added), mask(masked) {}

  [[nodiscard]] product_shape shape() const noexcept {
    return make_shape<T>(C.rows(), C.cols(), A.cols(), A.is_transposed(), B.is_transposed(),
                         A.view().stride(), B.view().stride());
  }
};

/// Rows i … of op(x), all columns.
template <class T>
operand<T> rows_of(const operand<T>& x, std::size_t i, std::size_t rows) {
  const matrix_view<const T>& v = x.view();
  return {x.is_transposed() ? v.block(0, i, v.rows(), rows) : v.block(i, 0, rows, v.cols()),
          x.is_transposed()};
}

/// The paths of a product. Which one is taken changes no bit of the result.
enum class product_path : std::uint8_t {
  small,    ///< small_product.hpp: straight from the operands
  narrow,   ///< narrow_product.hpp: few columns
  blocked,  ///< blocked_product.hpp: everything else
};

struct product_route {
  product_path path = product_path::small;
  product_plan blocked;
  narrow_plan narrow;

  /// Elements of scratch memory.
  [[nodiscard]] std::size_t scratch() const noexcept {
    return path == product_path::blocked  ? blocked.scratch()
           : path == product_path::narrow ? narrow.scratch()
                                          : 0;
  }
  /// Tasks that may run at the same time.
  [[nodiscard]] std::size_t workers() const noexcept {
    return path == product_path::blocked  ? blocked.workers
           : path == product_path::narrow ? narrow.workers
                                          : 1;
  }
};

/// The route of a product whose result is finished by `end`, for at most so many threads.
template <class T>
[[nodiscard]] product_route route_product(const kernel_table<T>& table, const product_shape& shape,
                                          epilogue_op op, std::size_t threads);

/// Computes on a route, with `route.scratch()` elements of 64-byte aligned scratch memory. Waits for tasks,
/// if there are any, without `isolated`.
template <class T>
void run_product(const kernel_table<T>& table, const product_route& route, const product<T>& x, T* scratch,
                 span_label label);

/// Routes and computes with scratch memory of the calling thread, on at most all threads of its arena.
template <class T>
void run_product(const product<T>& x, span_label label);

}  // namespace twinpath::inline v0::detail
