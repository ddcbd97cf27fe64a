// SPDX-License-Identifier: MIT
#include <twinpath/gemm.hpp>

#include "linalg/checks.hpp"
#include "linalg/narrow_product.hpp"
#include "linalg/product.hpp"
#include "linalg/small_product.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

[[noreturn]] void fail_gemm(std::string_view why, std::size_t a_rows, std::size_t a_cols, std::size_t b_rows,
                            std::size_t b_cols) {
  fail("gemm", "A is " + shape_text(a_rows, a_cols) + " and B is " + shape_text(b_rows, b_cols) + ": " +
                   std::string(why));
}

template <class T>
finish finish_of(T alpha, T beta) {
  if (beta != 0) return finish::blend;
  return alpha == 1 ? finish::store : finish::scale;
}

template <class T>
[[gnu::always_inline]] inline void checked_gemm(const operand<T>& A, const operand<T>& B,
                                                const matrix_view<T>& C, T alpha, T beta) {
  const product_shape shape{A.rows(), B.cols(), A.cols(), A.is_transposed(), B.is_transposed()};
  if (shape.k != B.rows()) [[unlikely]] {
    fail_gemm("inner dimensions " + std::to_string(shape.k) + " and " + std::to_string(B.rows()) + " differ",
              A.rows(), A.cols(), B.rows(), B.cols());
  }
  if (C.rows() != shape.m || C.cols() != shape.n) [[unlikely]] {
    fail_gemm(
        "their product is " + shape_text(shape.m, shape.n) + ", but C is " + shape_text(C.rows(), C.cols()),
        A.rows(), A.cols(), B.rows(), B.cols());
  }
  check_apart("gemm", "C", C, "A", A.view());
  check_apart("gemm", "C", C, "B", B.view());
  const epilogue<T> end{finish_of(alpha, beta), alpha, beta};
  if (is_small(shape) && !is_narrow<T>(kernels<T>(), shape)) {
    const span_scope span({"gemm"}, 2 * multiply_adds(shape));
    return multiply_small<T>(kernels<T>(), A, B, C, end, nullptr, {});
  }
  run_product<T>({A, B, C, end, nullptr, {}}, {"gemm"});
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
