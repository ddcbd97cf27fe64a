// SPDX-License-Identifier: MIT
// The arithmetic contract: what every result of this library is, bit by bit.
//
// The bits of a result are a function of the inputs and the shape alone. They do not depend on the number of
// threads, the schedule, the run, the alignment or stride of a view, the path taken inside, or the
// instruction set, as long as that has a fused multiply-add. The functions below are that contract, as plain
// loops: the library's fast code is tested to give the same bits. They are slow and meant for reading and for
// tests.
//
//  1. A product cuts k into slices of at least 4096 and each slice into blocks of at most 320 (float) or
//     256 (double); all cuts are balanced in units of 16 and depend on k alone. Within a block an element is
//     one chain of fused multiply-adds from 0, k ascending. Blocks are added in order to a slice, slices in
//     order to the whole.
//  2. With t that sum: C = alpha * t, or fma(alpha, t, beta * C) where beta is not 0. A bias is added to t.
//  3. A column sum is one ascending chain of additions within each 32 rows; these are added in order.
//  4. A row sum has 64 (float) or 32 (double) lanes; lane l adds the elements l, l + lanes, … in ascending
//     order; then the upper half of the lanes is added to the lower half until one is left.
//  5. exp, log, tanh, erf and sigmoid are the polynomials in contract/elementary.hpp.
//  6. Not a NaN's payload or sign: only where a NaN stands is promised.
//
// The `baseline` tier of x86-64 has no fused multiply-add. There the same holds with `unfused` arithmetic:
// the one exception, with bits of its own.
//
// Every multiply-add is written as a call, because compilers may contract `a * b + c` on their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <twinpath/contract/arithmetic.hpp>
#include <twinpath/contract/elementary.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/softmax.hpp>

namespace twinpath::inline v0::contract {

// ---------------------------------------------------------------------------------------------------------
// Cuts

/// Longest block of k in one chain.
template <class T>
inline constexpr std::size_t block_length = std::is_same_v<T, float> ? 320 : 256;
/// Shortest slice of k when there is more than one.
inline constexpr std::size_t slice_length = 4096;
/// Rows in one chain of a column sum.
inline constexpr std::size_t sum_rows = 32;
/// Lanes of a row sum.
template <class T>
inline constexpr std::size_t sum_lanes = std::is_same_v<T, float> ? 64 : 32;

/// A range cut into `count` balanced parts in units of 16: part i is [begin(i), begin(i + 1)).
struct cut {
  std::size_t length = 0;
  std::size_t count = 1;
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

// ---------------------------------------------------------------------------------------------------------
// Products

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

// ---------------------------------------------------------------------------------------------------------
// Sums

/// twinpath::column_sums, one column.
template <class T>
[[nodiscard]] T column_sum(matrix_view<const T> X, std::size_t j) {
  T total = 0;
  for (std::size_t first = 0; first < X.rows(); first += sum_rows) {
    T chain = 0;
    for (std::size_t i = first; i < std::min(X.rows(), first + sum_rows); ++i) chain = chain + X(i, j);
    total = total + chain;
  }
  return total;
}

/// twinpath::column_sums.
template <class T>
void column_sums(matrix_view<const T> X, std::span<T> out) {
  for (std::size_t j = 0; j < X.cols(); ++j) out[j] = column_sum(X, j);
}

/// The tree of a row sum: the upper half of the lanes is added to the lower half.
template <class T>
[[nodiscard]] T fold_lanes(T (&lanes)[sum_lanes<T>]) {
  for (std::size_t half = sum_lanes<T> / 2; half != 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) lanes[l] = lanes[l] + lanes[l + half];
  }
  return lanes[0];
}

/// twinpath::row_sums, one row.
template <class T>
[[nodiscard]] T row_sum(std::span<const T> x) {
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < x.size(); ++j) lanes[j % sum_lanes<T>] = lanes[j % sum_lanes<T>] + x[j];
  return fold_lanes(lanes);
}

/// twinpath::sum: the column sum of the row sums.
template <class T>
[[nodiscard]] T sum(matrix_view<const T> X) {
  std::vector<T> rows(X.rows());
  for (std::size_t i = 0; i < X.rows(); ++i) rows[i] = row_sum<T>(X.row(i));
  return column_sum(matrix_view<const T>(rows.data(), rows.size(), 1), 0);
}

// ---------------------------------------------------------------------------------------------------------
// Elements

/// max(0, z) that keeps NaN and makes +0 of -0.
template <class T>
[[nodiscard]] T relu(T z) {
  return z <= 0 ? T(0) : z;
}

template <class T>
[[nodiscard]] T activate(activation f, T z) {
  return f == activation::relu ? relu(z) : z;
}

// ---------------------------------------------------------------------------------------------------------
// Softmax and cross-entropy

/// The largest element, NaN passed over; -Inf for a row without numbers.
template <class T>
[[nodiscard]] T row_maximum(std::span<const T> z) {
  T largest = -std::numeric_limits<T>::infinity();
  for (const T x : z) largest = x > largest ? x : largest;
  return largest;
}

/// twinpath::softmax, one row: p = exp(z - max) * (1 / sum). Returns log(sum of exp(z - max)).
template <class Arithmetic = fused, class T>
T softmax_row(std::span<const T> z, std::span<T> p) {
  const T largest = row_maximum(z);
  for (std::size_t j = 0; j < z.size(); ++j) p[j] = exp<Arithmetic, T>(z[j] - largest);
  const T total = row_sum<T>(p);
  const T inverse = T(1) / total;
  for (T& x : p) x = x * inverse;
  return log<Arithmetic, T>(total);
}

/// twinpath::softmax_cross_entropy, one row: returns the row's loss and fills dz, both before a division by
/// m. The loss is a row sum whose lanes add fma(y, log(sum) - (z - max), lane), targets of 0 skipped.
template <class Arithmetic = fused, class T>
[[nodiscard]] T cross_entropy_row(std::span<const T> z, std::span<const T> y, std::span<T> dz, T scale) {
  std::vector<T> p(z.size());
  const T largest = row_maximum(z);
  const T log_total = softmax_row<Arithmetic, T>(z, p);
  T lanes[sum_lanes<T>] = {};
  for (std::size_t j = 0; j < z.size(); ++j) {
    T& lane = lanes[j % sum_lanes<T>];
    if (y[j] != 0) lane = Arithmetic::multiply_add(y[j], log_total - (z[j] - largest), lane);
  }
  const T targets = row_sum<T>(y);
  for (std::size_t j = 0; j < z.size(); ++j) {
    dz[j] = Arithmetic::multiply_add(p[j], targets, T(0) - y[j]) * scale;
  }
  return fold_lanes(lanes);
}

/// twinpath::softmax_cross_entropy: the column sum of the row losses; the mean divides it by m and
/// multiplies dZ by the rounded 1 / m.
template <class Arithmetic = fused, class T>
[[nodiscard]] T softmax_cross_entropy(matrix_view<const T> Z, matrix_view<const T> Y, matrix_view<T> dZ,
                                      reduction how) {
  const bool mean = how == reduction::mean;
  const T scale = mean ? T(1) / T(Z.rows()) : T(1);
  std::vector<T> losses(Z.rows());
  for (std::size_t i = 0; i < Z.rows(); ++i) {
    losses[i] = cross_entropy_row<Arithmetic, T>(Z.row(i), Y.row(i), dZ.row(i), scale);
  }
  const T total = column_sum(matrix_view<const T>(losses.data(), losses.size(), 1), 0);
  return mean ? total / T(Z.rows()) : total;
}

// ---------------------------------------------------------------------------------------------------------
// Layers

/// twinpath::dense_forward.
template <class Arithmetic = fused, class T>
void dense_forward(matrix_view<const T> X, matrix_view<const T> W, std::span<const T> b, activation f,
                   matrix_view<T> A) {
  for (std::size_t i = 0; i < A.rows(); ++i) {
    for (std::size_t j = 0; j < A.cols(); ++j) {
      const T z = product<Arithmetic, T>(X, W, i, j) + b[j];
      A(i, j) = activate(f, z);
    }
  }
}

/// twinpath::backprop_path: the product masked by a selection.
template <class Arithmetic = fused, class T>
void backprop_path(matrix_view<const T> dZ, matrix_view<const T> W, matrix_view<const T> A,
                   matrix_view<T> dZ_below, activation f) {
  for (std::size_t i = 0; i < dZ_below.rows(); ++i) {
    for (std::size_t j = 0; j < dZ_below.cols(); ++j) {
      const T t = product<Arithmetic, T>(dZ, transposed(W), i, j);
      dZ_below(i, j) = f == activation::relu && !(A(i, j) > 0) ? T(0) : t;
    }
  }
}

/// twinpath::parameter_path.
template <class Arithmetic = fused, class T>
void parameter_path(matrix_view<const T> A, matrix_view<const T> dZ, matrix_view<T> dW, std::span<T> db) {
  gemm<Arithmetic, T>(transposed(A), dZ, dW, T(1), T(0));
  column_sums(dZ, db);
}

/// twinpath::update for sgd; the rate is rounded to T once, before it gets here.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sgd_update(T rate, T gradient, T parameter) {
  return Arithmetic::multiply_add(-rate, gradient, parameter);
}

}  // namespace twinpath::inline v0::contract
