// SPDX-License-Identifier: MIT
// The arithmetic contract: matrix products.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <twinpath/contract/arithmetic.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0::contract {

/// Longest block of k, which is one chain of multiply-adds.
template <class T>
inline constexpr std::size_t block_length = std::is_same_v<T, float> ? 320 : 256;
/// Shortest slice of k, unless it is the only one.
inline constexpr std::size_t slice_length = 4096;

/// A range cut into `count` balanced parts in units of 16: part i is [begin(i), begin(i + 1)).
struct cut {
  std::size_t length = 0;  ///< of the range
  std::size_t count = 1;   ///< of the parts
  /// The first element of part i; for i = count the end of the last part.
  [[nodiscard]] constexpr std::size_t begin(std::size_t i) const noexcept {
    const std::size_t units = (length + 15) / 16;
    return i == count ? length : i * units / count * 16;
  }
};

/// The slices of k.
[[nodiscard]] constexpr cut slices(std::size_t k) noexcept {
  return {k, std::max<std::size_t>(1, k / slice_length)};
}
/// The blocks of a slice of that length.
template <class T>
[[nodiscard]] constexpr cut blocks(std::size_t length) noexcept {
  return {length, std::max<std::size_t>(1, (length + block_length<T> - 1) / block_length<T>)};
}

/// Element (i, j) of op(A) * op(B), before alpha, beta or a bias.
template <class Arithmetic = fused, class T>
[[nodiscard]] T product(const operand<T>& A, const operand<T>& B, std::size_t i, std::size_t j) {
  const auto a = [&](std::size_t p) { return A.is_transposed() ? A.view()(p, i) : A.view()(i, p); };
  const auto b = [&](std::size_t p) { return B.is_transposed() ? B.view()(j, p) : B.view()(p, j); };
  const cut outer = slices(A.cols());
  T total = 0;
  for (std::size_t s = 0; s < outer.count; ++s) {
    const std::size_t first = outer.begin(s);
    const cut inner = blocks<T>(outer.begin(s + 1) - first);
    T slice = 0;
    for (std::size_t q = 0; q < inner.count; ++q) {
      T chain = 0;
      for (std::size_t p = first + inner.begin(q); p < first + inner.begin(q + 1); ++p) {
        chain = Arithmetic::multiply_add(a(p), b(p), chain);
      }
      slice = q == 0 ? chain : slice + chain;
    }
    total = s == 0 ? slice : total + slice;
  }
  return total;
}

/// twinpath::gemm.
template <class Arithmetic = fused, class T>
void gemm(const operand<T>& A, const operand<T>& B, matrix_view<T> C, T alpha, T beta) {
  for (std::size_t i = 0; i < C.rows(); ++i) {
    for (std::size_t j = 0; j < C.cols(); ++j) {
      const T t = product<Arithmetic>(A, B, i, j);
      if (beta == 0) {
        C(i, j) = alpha * t;
      } else {
        const T kept = beta * C(i, j);
        C(i, j) = Arithmetic::multiply_add(alpha, t, kept);
      }
    }
  }
}

}  // namespace twinpath::inline v0::contract
