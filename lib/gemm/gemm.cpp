// SPDX-License-Identifier: MIT
#include <twinpath/gemm.hpp>

#include "gemm/route.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

/// Throws for operands that do not fit. Out of line, because its texts need a stack frame that would slow
/// down small products.
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

/// The end of a view with elements.
template <class T>
[[gnu::always_inline]] inline const void* end_of(const matrix_view<T>& x) {
  return x.data() + ((x.rows() - 1) * x.stride() + x.cols());
}

/// A sufficient condition for arguments that `check_gemm` would accept: shapes fit, nothing is empty, and the
/// address ranges are disjoint.
template <class T>
[[gnu::always_inline]] inline bool fits_at_a_glance(const operand<T>& A, const operand<T>& B,
                                                    const matrix_view<T>& C) {
  const auto disjoint = [&](const matrix_view<const T>& x) {
    return end_of(C) <= static_cast<const void*>(x.data()) || end_of(x) <= static_cast<const void*>(C.data());
  };
  return A.cols() == B.rows() && C.rows() == A.rows() && C.cols() == B.cols() &&
         C.rows() * C.cols() * A.cols() != 0 && disjoint(A.view()) && disjoint(B.view());
}

/// On the calling thread, without a plan.
template <class T>
[[gnu::always_inline]] inline void direct_gemm(const kernel_table<T>& table, const operand<T>& A,
                                               const operand<T>& B, const matrix_view<T>& C,
                                               const epilogue<T>& finish) {
  const span_scope span({"gemm"}, [&] { return span_shape{C.rows(), C.cols(), A.cols()}; });
  static constexpr matrix_view<const T> no_mask;
  multiply_direct<T>(table, A, B, C, finish, nullptr, no_mask);
}

/// The shape without the flags of the strides, which would cost a small product more than they gain: a row of
/// tiles is direct even if its rows alias.
template <class T>
[[gnu::always_inline]] inline product_shape shape_of(const operand<T>& A, const operand<T>& B) {
  return {A.rows(), B.cols(), A.cols(), A.is_transposed(), B.is_transposed()};
}

/// Out of line, so that small products do not need the stack frame of large ones. A row of tiles is still
/// spared a plan.
template <class T>
[[gnu::noinline]] void large_gemm(const operand<T>& A, const operand<T>& B, const matrix_view<T>& C,
                                  const epilogue<T>& finish) {
  const kernel_table<T>& table = kernels<T>();
  const product_shape shape = shape_of(A, B);
  if (is_row_of_tiles(table, shape, finish.op) &&
      choose_path(table, shape, finish.op, 2) == product_path::direct)
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
  const epilogue<T> finish{gemm_op(alpha, beta), alpha, beta};
  const kernel_table<T>& table = kernels<T>();
  if (!is_direct_at_a_glance(table, shape)) return large_gemm(A, B, C, finish);
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
