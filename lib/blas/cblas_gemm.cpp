// SPDX-License-Identifier: MIT
// cblas_sgemm and cblas_dgemm.
#include <optional>

#include <twinpath/blas.h>

#include "blas/column_major_gemm.hpp"

namespace {

using twinpath::detail::blas::column_major_gemm;

/// Whether an operand is transposed; nothing if the value is not an enumerator.
std::optional<bool> is_transposed(CBLAS_TRANSPOSE value) {
  switch (value) {
    case CblasNoTrans:
      return false;
    case CblasTrans:
    case CblasConjTrans:
      return true;
  }
  return std::nullopt;
}

/// `number` is the one that the reference CBLAS passes, `position` is that of the argument in cblas_sgemm.
void report(const char* name, int number, int position, const char* argument, int value) {
  cblas_xerbla(number, name, "parameter number %d, %s, has the illegal value %d\n", position, argument,
               value);
}

template <class T>
void run(const char* name, CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n,
         int k, T alpha, const T* a, int lda, const T* b, int ldb, T beta, T* c, int ldc) {
  if (layout != CblasRowMajor && layout != CblasColMajor) return report(name, 1, 1, "layout", layout);
  const auto ta = is_transposed(transa);
  if (!ta) return report(name, 2, 2, "transa", transa);
  const auto tb = is_transposed(transb);
  if (!tb) return report(name, 3, 3, "transb", transb);

  const bool rows = layout == CblasRowMajor;
  // A row-major product is the column-major product of the transposes, C' = op(B)' * op(A)'.
  const column_major_gemm<T> product =
      rows ? column_major_gemm<T>{*tb, *ta, n, m, k, alpha, b, ldb, a, lda, beta, c, ldc}
           : column_major_gemm<T>{*ta, *tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc};
  switch (product.illegal_argument()) {
    case 0:
      return product.run();
    case 3:
      return rows ? report(name, 4, 5, "n", n) : report(name, 4, 4, "m", m);
    case 4:
      return rows ? report(name, 5, 4, "m", m) : report(name, 5, 5, "n", n);
    case 5:
      return report(name, 6, 6, "k", k);
    case 8:
      return rows ? report(name, 9, 11, "ldb", ldb) : report(name, 9, 9, "lda", lda);
    case 10:
      return rows ? report(name, 11, 9, "lda", lda) : report(name, 11, 11, "ldb", ldb);
    default:
      return report(name, 14, 14, "ldc", ldc);
  }
}

}  // namespace

void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                 float alpha, const float* a, int lda, const float* b, int ldb, float beta, float* c,
                 int ldc) {
  run("cblas_sgemm", layout, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                 double alpha, const double* a, int lda, const double* b, int ldb, double beta, double* c,
                 int ldc) {
  run("cblas_dgemm", layout, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
