// SPDX-License-Identifier: MIT
#include <twinpath/gemm.hpp>

#include "gemm/direct.hpp"
#include "gemm/product.hpp"
#include "gemm/transposed.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

/// Refuses what does not fit. Out of line, because its texts need a stack that a small product is spared.
template <class T>
[[gnu::noinline]] void check_gemm(const operand<T>& A, const operand<T>& B, const matrix_view<T>& C) {
  const auto refuse = [&](const std::string& why) {
    fail("gemm", "A is " + shape_text(A.rows(), A.cols()) + " and B is " + shape_text(B.rows(), B.cols()) +
                     ": " + why);
  };
  if (A.cols() != B.rows()) {
    refuse("inner dimensions " + std::to_string(A.cols()) + " and " + std::to_string(B.rows()) + " differ");
  }
  if (C.rows() != A.rows() || C.cols() != B.cols()) {
    refuse("their product is " + shape_text(A.rows(), B.cols()) + ", but C is " +
           shape_text(C.rows(), C.cols()));
  }
  check_disjoint("gemm", "C", C, "A", A.view());
  check_disjoint("gemm", "C", C, "B", B.view());
}

/// Behind the last element of a view that has one.
template <class T>
[[gnu::always_inline]] inline const void* end_of(const matrix_view<T>& x) {
  return x.data() + ((x.rows() - 1) * x.stride() + x.cols());
}

/// Whether a product needs no look at its arguments by `check_gemm`.
template <class T>
[[gnu::always_inline]] inline bool fits_at_a_glance(const operand<T>& A, const operand<T>& B,
                                                    const matrix_view<T>& C) {
  const auto apart = [&](const matrix_view<const T>& x) {
    return end_of(C) <= static_cast<const void*>(x.data()) || end_of(x) <= static_cast<const void*>(C.data());
  };
  return A.cols() == B.rows() && C.rows() == A.rows() && C.cols() == B.cols() &&
         C.rows() * C.cols() * A.cols() != 0 && apart(A.view()) && apart(B.view());
}

template <class T>
epilogue_op op_of(T alpha, T beta) {
  if (beta != 0) return epilogue_op::blend;
  return alpha == 1 ? epilogue_op::store : epilogue_op::scale;
}

/// On the calling thread, without a plan.
template <class T>
[[gnu::always_inline]] inline void direct_gemm(const kernel_table<T>& table, const operand<T>& A,
                                               const operand<T>& B, const matrix_view<T>& C,
                                               const epilogue<T>& finish) {
  const span_scope span({"gemm"}, [&] { return span_shape{C.rows(), C.cols(), A.cols()}; });
  static constexpr matrix_view<const T> no_mask;
  multiply_small<T>(table, A, B, C, finish, nullptr, no_mask);
}

template <class T>
[[gnu::always_inline]] inline product_shape shape_of(const operand<T>& A, const operand<T>& B) {
  return {A.rows(), B.cols(), A.cols(), A.is_transposed(), B.is_transposed()};
}

/// Out of line, so that a small product does not pay for the stack of a large one.
template <class T>
[[gnu::noinline]] void large_gemm(const operand<T>& A, const operand<T>& B, const matrix_view<T>& C,
                                  const epilogue<T>& finish) {
  const product_shape shape = shape_of(A, B);
  const kernel_table<T>& table = kernels<T>();
  if (is_row_of_tiles(table, shape, finish.op) && product_workers(shape, 2) == 1 && !is_narrow(table, shape))
    return direct_gemm(table, A, B, C, finish);
  run_product<T>({A, B, C, finish, nullptr, {}}, {"gemm"});
}

template <class T>
[[gnu::always_inline]] inline void checked_gemm(const operand<T>& A, const operand<T>& B,
                                                const matrix_view<T>& C, T alpha, T beta) {
  const product_shape shape = shape_of(A, B);
  if (!fits_at_a_glance(A, B, C)) [[unlikely]] {
    check_gemm(A, B, C);
    if (C.empty()) return;
  }
  const epilogue<T> finish{op_of(alpha, beta), alpha, beta};
  const kernel_table<T>& table = kernels<T>();
  if (!is_smallest(shape) || is_narrow(table, shape)) return large_gemm(A, B, C, finish);
  direct_gemm(table, A, B, C, finish);
}

}  // namespace
}  // namespace detail

void gemm(const operand<float>& A, const operand<float>& B, const matrix_view<float>& C, float alpha,
          float beta) {
  detail::checked_gemm(A, B, C, alpha, beta);
}

void gemm(const operand<double>& A, const operand<double>& B, const matrix_view<double>& C, double alpha,
          double beta) {
  detail::checked_gemm(A, B, C, alpha, beta);
}

}  // namespace twinpath::inline v0
