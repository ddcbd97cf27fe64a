// SPDX-License-Identifier: MIT
// The column-major product that implements all BLAS names.
#pragma once

#include <twinpath/version.hpp>

namespace twinpath::inline v0::detail::blas {

/// C = alpha * op(A) * op(B) + beta * C, column-major: the arguments of sgemm_ and dgemm_ in their order.
template <class T>
struct column_major_gemm {
  bool a_transposed;
  bool b_transposed;
  int m;
  int n;
  int k;
  T alpha;
  const T* a;
  int lda;
  const T* b;
  int ldb;
  T beta;
  T* c;
  int ldc;

  /// The position of the first illegal size or leading dimension among the arguments of sgemm_, or 0.
  [[nodiscard]] int illegal_argument() const noexcept;

  /// Computes the product. Requires illegal_argument() == 0.
  void run() const noexcept;
};

}  // namespace twinpath::inline v0::detail::blas
