// SPDX-License-Identifier: MIT
// A matrix product: its shape, its operands, and what its store does.
#pragma once

#include <cstddef>
#include <cstdint>

#include <twinpath/matrix.hpp>

#include "kernels/after_store.hpp"
#include "kernels/kernel_table.hpp"
#include "runtime/cache.hpp"
#include "runtime/task_work.hpp"

namespace twinpath::inline v0::detail {

/// C (m x n) = op(A) (m x k) * op(B) (k x n).
struct product_shape {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  bool a_transposed = false;
  bool b_transposed = false;
  // Rows of the operand, as it is stored, fall on the same few sets of the L1 cache.
  bool a_aliases = false;
  bool b_aliases = false;
  // Vectors of B's rows lie across two cache lines.
  bool b_straddles = false;

  bool operator==(const product_shape&) const = default;
};

[[nodiscard]] constexpr double multiply_adds(const product_shape& s) noexcept {
  return static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
}

/// The number of threads, out of `threads`, that a product is worth. The store of an element of C takes as
/// long as three multiply-adds; products of one or two rows or columns wait for the elements of an operand.
[[nodiscard]] constexpr std::size_t product_workers(product_shape s, std::size_t threads) noexcept {
  s.k = s.k < 3 ? 3 : s.k;
  s.m = s.m < 3 ? 3 : s.m;
  s.n = s.n < 3 ? 3 : s.n;
  return useful_workers(multiply_adds(s), task_work, threads);
}

/// The shape of a product whose operands are stored with these strides; B begins `b_offset` bytes behind the
/// beginning of a cache line.
template <class T>
[[nodiscard]] constexpr product_shape make_shape(std::size_t m, std::size_t n, std::size_t k,
                                                 bool a_transposed, bool b_transposed, std::size_t a_stride,
                                                 std::size_t b_stride, std::size_t b_offset = 0) noexcept {
  return {m,
          n,
          k,
          a_transposed,
          b_transposed,
          aliases(a_stride * sizeof(T)),
          aliases(b_stride * sizeof(T)),
          b_offset != 0 || b_stride * sizeof(T) % line_bytes != 0};
}

/// A product and everything that its store needs. The callers have checked that shapes fit and that C does
/// not overlap an operand.
template <class T>
struct product {
  operand<T> A;
  operand<T> B;
  matrix_view<T> C;
  epilogue<T> finish;
  const T* bias = nullptr;    ///< C.cols() elements, for epilogue_op::bias and epilogue_op::bias_relu
  matrix_view<const T> mask;  ///< C's shape, for epilogue_op::mask
  after_store<T> after = after_store<T>();

  // A constructor, because an aggregate would be cleared first: 5 % of the time of the smallest network.
  product(const operand<T>& a, const operand<T>& b, const matrix_view<T>& c, const epilogue<T>& e,
          const T* added, const matrix_view<const T>& masked)
      : A(a), B(b), C(c), finish(e), bias(added), mask(masked) {}

  [[nodiscard]] product_shape shape() const noexcept {
    return make_shape<T>(C.rows(), C.cols(), A.cols(), A.is_transposed(), B.is_transposed(),
                         A.view().stride(), B.view().stride(),
                         reinterpret_cast<std::uintptr_t>(B.view().data()) % line_bytes);
  }
};

/// Rows i … i + rows - 1 of op(x), all columns.
template <class T>
operand<T> rows_of(const operand<T>& x, std::size_t i, std::size_t rows) {
  const matrix_view<const T>& v = x.view();
  return {x.is_transposed() ? v.block(0, i, v.rows(), rows) : v.block(i, 0, rows, v.cols()),
          x.is_transposed()};
}

/// The epilogue operation of C = alpha * t + beta * C.
template <class T>
[[nodiscard]] constexpr epilogue_op gemm_op(T alpha, T beta) noexcept {
  if (beta != 0) return epilogue_op::blend;
  return alpha == 1 ? epilogue_op::store : epilogue_op::scale;
}

/// The operands of an epilogue at an element of C.
template <class T>
struct epilogue_operands {
  const T* bias;
  const T* mask;
};
/// Those at (i, j), an element stored at c. An operand that the epilogue does not have is c itself, because
/// kernels move both pointers on without looking at the operation.
template <class T>
[[nodiscard, gnu::always_inline]] inline epilogue_operands<T> epilogue_operands_at(
    const T* bias, const matrix_view<const T>& mask, std::size_t i, std::size_t j, const T* c) {
  return {bias == nullptr ? c : bias + j, mask.data() == nullptr ? c : mask.data() + i * mask.stride() + j};
}

}  // namespace twinpath::inline v0::detail
