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
//  5. exp and log are the polynomials below.
//  6. Not a NaN's payload or sign: only where a NaN stands is promised.
//
// The `baseline` tier of x86-64 has no fused multiply-add. There the same holds with `unfused` arithmetic:
// the one exception, with bits of its own.
//
// Every multiply-add is written as a call, because compilers may contract `a * b + c` on their own.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <twinpath/dense.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/softmax.hpp>

namespace twinpath::inline v0::contract {

/// Multiply-add with one rounding: every tier but `baseline`.
struct fused {
  template <class T>
  static T multiply_add(T a, T b, T c) {
    return std::fma(a, b, c);
  }
};

/// Multiply-add with two roundings: the `baseline` tier of x86-64.
struct unfused {
  template <class T>
  static T multiply_add(T a, T b, T c) {
    const volatile T product = a * b;  // volatile, so that no compiler fuses the two
    return product + c;
  }
};

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

/// Constants of exp and log. `round` is 1.5 * 2^(mantissa bits): adding it rounds to an integer, which then
/// stands in the low bits.
template <class T>
struct elementary;

template <>
struct elementary<float> {
  using bits = std::uint32_t;
  static constexpr int mantissa = 23;
  static constexpr bits bias = 127;
  static constexpr float round = 0x1.8p23f;
  static constexpr float log2e = 0x1.715476p0f;
  // ln 2 in two parts, the first with trailing zeros so that n * ln2_high is exact.
  static constexpr float ln2_high = 0x1.63p-1f;
  static constexpr float ln2_low = -0x1.bd0106p-13f;
  static constexpr float exp_largest = 0x1.62e42ep6f;    // above: +Inf
  static constexpr float exp_smallest = -0x1.9fe368p6f;  // below: +0
  // (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2, Chebyshev fit, highest power first.
  static constexpr float exp_coefficients[] = {0x1.a12528p-13f, 0x1.6d4362p-10f, 0x1.1110e0p-7f,
                                               0x1.5554e8p-5f,  0x1.555556p-3f,  0.5f};
  // log: FreeBSD's e_logf.c, highest power of s^2 first.
  static constexpr float log_ln2_high = 0x1.62e300p-1f;
  static constexpr float log_ln2_low = 0x1.2fefa2p-17f;
  static constexpr float log_coefficients[] = {0xf89e26.0p-26f, 0x91e9ee.0p-25f, 0xccce13.0p-25f,
                                               0xaaaaaa.0p-24f};
  static constexpr bits sqrt_half = 0x3f3504f3;
  static constexpr float subnormal_scale = 0x1p25f;
  static constexpr float subnormal_exponent = 25;
};

template <>
struct elementary<double> {
  using bits = std::uint64_t;
  static constexpr int mantissa = 52;
  static constexpr bits bias = 1023;
  static constexpr double round = 0x1.8p52;
  static constexpr double log2e = 0x1.71547652b82fep0;
  static constexpr double ln2_high = 0x1.62e42feep-1;
  static constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  static constexpr double exp_largest = 0x1.62e42fefa39efp9;
  static constexpr double exp_smallest = -0x1.74910d52d3052p9;
  static constexpr double exp_coefficients[] = {0x1.af38d53857513p-26, 0x1.2891a8c1d838dp-22,
                                                0x1.71de0d9c145d0p-19, 0x1.a019b8ef67c6cp-16,
                                                0x1.a01a01a7c8d47p-13, 0x1.6c16c17893833p-10,
                                                0x1.11111111109adp-7,  0x1.5555555553d4fp-5,
                                                0x1.5555555555556p-3,  0.5};
  // log: FreeBSD's e_log.c.
  static constexpr double log_ln2_high = 0x1.62e42feep-1;
  static constexpr double log_ln2_low = 0x1.a39ef35793c76p-33;
  static constexpr double log_coefficients[] = {
      0x1.2f112df3e5244p-3, 0x1.39a09d078c69fp-3, 0x1.7466496cb03dep-3, 0x1.c71c51d8e78afp-3,
      0x1.2492494229359p-2, 0x1.999999997fa04p-2, 0x1.5555555555593p-1};
  static constexpr bits sqrt_half = 0x3fe6a09e667f3bcd;
  static constexpr double subnormal_scale = 0x1p54;
  static constexpr double subnormal_exponent = 54;
};

/// 2^n for an integer n in the exponent's range, given as n + elementary<T>::round.
template <class T>
[[nodiscard]] T exp2_of_rounded(T n_plus_round) {
  using c = elementary<T>;
  using bits = typename c::bits;
  const bits n = std::bit_cast<bits>(n_plus_round);
  return std::bit_cast<T>(static_cast<bits>((n << c::mantissa) + (c::bias << c::mantissa)));
}

/// e^x. x = n ln 2 + r, and 2^n in two factors so that subnormal results and the largest ones are right.
template <class Arithmetic = fused, class T>
[[nodiscard]] T exp(T x) {
  using c = elementary<T>;
  const auto fma = [](T a, T b, T d) { return Arithmetic::multiply_add(a, b, d); };
  const bool overflow = x > c::exp_largest;
  const bool underflow = x < c::exp_smallest;
  x = overflow ? c::exp_largest : x;
  x = underflow ? c::exp_smallest : x;
  const T n = fma(x, c::log2e, c::round) - c::round;
  T r = fma(-n, c::ln2_high, x);
  r = fma(-n, c::ln2_low, r);
  T p = c::exp_coefficients[0];
  for (std::size_t i = 1; i < std::size(c::exp_coefficients); ++i) p = fma(p, r, c::exp_coefficients[i]);
  const T square = r * r;
  const T y = fma(p, square, r) + T(1);
  const T half = fma(n, T(0.5), c::round);
  const T rest = n - (half - c::round) + c::round;
  const T result = y * exp2_of_rounded(half) * exp2_of_rounded(rest);
  if (overflow) return std::numeric_limits<T>::infinity();
  return underflow ? T(0) : result;
}

/// ln x. x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), and s = f / (2 + f).
template <class Arithmetic = fused, class T>
[[nodiscard]] T log(T x) {
  using c = elementary<T>;
  using bits = typename c::bits;
  const auto fma = [](T a, T b, T d) { return Arithmetic::multiply_add(a, b, d); };
  if (x != x || x == std::numeric_limits<T>::infinity()) return x;
  if (x < 0) return std::numeric_limits<T>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<T>::infinity();
  const bool subnormal = x < std::numeric_limits<T>::min();
  const T scaled = subnormal ? x * c::subnormal_scale : x;
  const bits shifted = std::bit_cast<bits>(scaled) + (std::bit_cast<bits>(T(1)) - c::sqrt_half);
  const T exponent = T(shifted >> c::mantissa) - (T(c::bias) + (subnormal ? c::subnormal_exponent : T(0)));
  const bits fraction = (shifted & ((bits(1) << c::mantissa) - 1)) + c::sqrt_half;
  const T f = std::bit_cast<T>(fraction) - T(1);
  const T s = f / (T(2) + f);
  const T z = s * s;
  T r = c::log_coefficients[0];
  for (std::size_t i = 1; i < std::size(c::log_coefficients); ++i) r = fma(r, z, c::log_coefficients[i]);
  const T half_f = T(0.5) * f;
  const T sum = fma(z, r, half_f * f);
  const T tail = fma(-half_f, f, fma(s, sum, exponent * c::log_ln2_low)) + f;
  return fma(exponent, c::log_ln2_high, tail);
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
