// SPDX-License-Identifier: MIT
// The interface of a measured library. Each file in adapters/ defines these functions for one library. Each
// executable is linked with one of them, because the libraries export the same symbols.
#pragma once

#include <cstddef>

namespace gemm_bench {

/// C = op(A) * op(B), row-major, C overwritten. op(A) is m x k, op(B) is k x n; leading dimensions in
/// elements.
template <class T>
struct product {
  std::size_t m, n, k;
  bool trans_a, trans_b;
  const T* a;
  std::size_t lda;
  const T* b;
  std::size_t ldb;
  T* c;
  std::size_t ldc;
};

/// False if the library has products of float only.
[[nodiscard]] bool has_double();

/// Called once for each run of a row and not timed, for libraries whose users create an object for a product
/// beforehand.
void prepare(const product<float>& p);
void prepare(const product<double>& p);

/// The timed call.
void multiply(const product<float>& p);
void multiply(const product<double>& p);

}  // namespace gemm_bench
