// SPDX-License-Identifier: MIT
// The elementary functions of the arithmetic contract, bit by bit.
//
// They have no tables and no integer conversions, so that vectors of every instruction set compute the same.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include <twinpath/contract/arithmetic.hpp>

namespace twinpath::inline v0::contract {

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

}  // namespace twinpath::inline v0::contract
