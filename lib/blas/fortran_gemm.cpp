// SPDX-License-Identifier: MIT
// sgemm_ and dgemm_.
#include <optional>

#include <twinpath/blas.h>

#include "blas/column_major_gemm.hpp"

namespace {

using twinpath::detail::blas::column_major_gemm;

/// Whether a letter means the transpose; nothing if it is not N, T or C.
std::optional<bool> is_transposed(char letter) {
  switch (letter) {
    case 'N':
    case 'n':
      return false;
    case 'T':
    case 't':
    case 'C':
    case 'c':
      return true;
    default:
      return std::nullopt;
  }
}

/// `name` has 6 characters, as in the reference BLAS.
template <class T>
void run(const char* name, char transa, char transb, column_major_gemm<T> product) {
  const auto a = is_transposed(transa);
  const auto b = is_transposed(transb);
  product.a_transposed = a.value_or(false);
  product.b_transposed = b.value_or(false);
  const int illegal = !a ? 1 : !b ? 2 : product.illegal_argument();
  if (illegal != 0) return xerbla_(name, &illegal, 6);
  product.run();
}

}  // namespace

void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
            const float* beta, float* c, const int* ldc) {
  run<float>("SGEMM ", *transa, *transb,
             {false, false, *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc});
}

void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
            const double* beta, double* c, const int* ldc) {
  run<double>("DGEMM ", *transa, *transb,
              {false, false, *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc});
}
