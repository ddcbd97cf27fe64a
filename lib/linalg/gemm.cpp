// SPDX-License-Identifier: MIT
#include <twinpath/gemm.hpp>

#include "linalg/checks.hpp"
#include "linalg/product.hpp"

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
void checked_gemm(operand<T> A, operand<T> B, matrix_view<T> C, T alpha, T beta) {
  if (A.cols() != B.rows()) [[unlikely]] {
    fail_gemm("inner dimensions " + std::to_string(A.cols()) + " and " + std::to_string(B.rows()) + " differ",
              A.rows(), A.cols(), B.rows(), B.cols());
  }
  if (C.rows() != A.rows() || C.cols() != B.cols()) [[unlikely]] {
    fail_gemm(
        "their product is " + shape_text(A.rows(), B.cols()) + ", but C is " + shape_text(C.rows(), C.cols()),
        A.rows(), A.cols(), B.rows(), B.cols());
  }
  check_apart("gemm", "C", C, "A", A.view());
  check_apart("gemm", "C", C, "B", B.view());
  run_product<T>({A, B, C, {finish_of(alpha, beta), alpha, beta}, nullptr, {}}, {"gemm"});
}

}  // namespace
}  // namespace detail

void gemm(operand<float> A, operand<float> B, matrix_view<float> C, float alpha, float beta) {
  detail::checked_gemm(A, B, C, alpha, beta);
}

void gemm(operand<double> A, operand<double> B, matrix_view<double> C, double alpha, double beta) {
  detail::checked_gemm(A, B, C, alpha, beta);
}

}  // namespace twinpath::inline v0
