// SPDX-License-Identifier: MIT
// A check of the result, so that every row measures the product.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "adapter.hpp"

namespace gemm_bench {

/// True if some elements of C, including the corners, are op(A) * op(B).
template <class T>
[[nodiscard]] bool plausible(const product<T>& p) {
  constexpr std::size_t places = 5;
  for (std::size_t place = 0; place < places; ++place) {
    const std::size_t i = (p.m - 1) * place / (places - 1);
    const std::size_t j = (p.n - 1) * ((3 * place) % places) / (places - 1);
    double sum = 0;
    double size = 0;
    for (std::size_t l = 0; l < p.k; ++l) {
      const double a = p.trans_a ? p.a[l * p.lda + i] : p.a[i * p.lda + l];
      const double b = p.trans_b ? p.b[j * p.ldb + l] : p.b[l * p.ldb + j];
      sum += a * b;
      size += std::abs(a * b);
    }
    const double roundings = std::sqrt(static_cast<double>(p.k)) + 8;
    const double most = roundings * static_cast<double>(std::numeric_limits<T>::epsilon()) * size;
    if (!(std::abs(static_cast<double>(p.c[i * p.ldc + j]) - sum) <= most)) return false;
  }
  return true;
}

}  // namespace gemm_bench
