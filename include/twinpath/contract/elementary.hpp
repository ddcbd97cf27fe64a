// SPDX-License-Identifier: MIT
// The elementary functions of the arithmetic contract, bit by bit.
//
// They use neither tables nor integer conversions, so that vectors of every instruction set can compute the
// same.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include <twinpath/contract/arithmetic.hpp>

namespace twinpath::inline v0::contract {

/// Constants. `round` is 1.5 * 2^(mantissa bits): adding it rounds to an integer, which then
/// stands in the low bits.
template <class T>
struct elementary;

/// Constants of float.
template <>
struct elementary<float> {
  using bits = std::uint32_t;                    ///< an integer of the same size
  static constexpr int mantissa = 23;            ///< bits of it that are stored
  static constexpr bits bias = 127;              ///< of the exponent
  static constexpr float round = 0x1.8p23f;      ///< see elementary
  static constexpr float log2e = 0x1.715476p0f;  ///< 1 / ln 2
  /// The first part of ln 2, with trailing zeros so that n * ln2_high is exact.
  static constexpr float ln2_high = 0x1.63p-1f;
  static constexpr float ln2_low = -0x1.bd0106p-13f;     ///< the second part
  static constexpr float exp_largest = 0x1.62e42ep6f;    ///< above: +Inf
  static constexpr float exp_smallest = -0x1.9fe368p6f;  ///< below: +0
  /// (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2, Chebyshev fit, highest power first.
  static constexpr float exp_coefficients[] = {0x1.a12528p-13f, 0x1.6d4362p-10f, 0x1.1110e0p-7f,
                                               0x1.5554e8p-5f,  0x1.555556p-3f,  0.5f};
  static constexpr float log_ln2_high = 0x1.62e300p-1f;  ///< ln 2 for log, the first part
  static constexpr float log_ln2_low = 0x1.2fefa2p-17f;  ///< the second part
  /// Those of FreeBSD's e_logf.c, highest power of s^2 first.
  static constexpr float log_coefficients[] = {0xf89e26.0p-26f, 0x91e9ee.0p-25f, 0xccce13.0p-25f,
                                               0xaaaaaa.0p-24f};
  static constexpr bits sqrt_half = 0x3f3504f3;      ///< the bits of sqrt(1/2)
  static constexpr float subnormal_scale = 0x1p25f;  ///< makes subnormal numbers normal
  static constexpr float subnormal_exponent = 25;    ///< of that scale
  /// (ln(1 + x) / s - 2) / s^2 in s^2 on [0, 1/9]. The coefficients of log1p and erf are Remez fits in 50
  /// digits that minimise the relative error of log1p and erf; the coefficients were rounded one after the
  /// other, the lowest power first, and the others fitted anew each time.
  static constexpr float log1p_coefficients[] = {0x1.1eca32p-2f, 0x1.1ec03ep-2f, 0x1.99d1ccp-2f,
                                                 0x1.555502p-1f};
  /// Least -2 |x| that is used: tanh rounds to 1 long before, and 2^n is still normal.
  static constexpr float tanh_one = -64;
  static constexpr float erf_border = 0.875f;  ///< between erf_near and erf_far
  static constexpr float erf_one = 3.95f;      ///< from here on erf rounds to 1
  /// erf(x) / x - 1 in x^2.
  static constexpr float erf_near[] = {-0x1.3ba5acp-11f, 0x1.479c18p-8f,  -0x1.b69b8ep-6f,
                                       0x1.ce1b86p-4f,   -0x1.8126ecp-2f, 0x1.06eba6p-3f};
  /// ln(1 - erf(x)) in x.
  static constexpr float erf_far[] = {0x1.a584b0p-13f, -0x1.95504ep-9f, 0x1.6f5566p-6f,  -0x1.ab536ap-4f,
                                      -0x1.46026ap-1f, -0x1.20c06cp0f,  -0x1.1825dap-13f};
};

/// Constants of double.
template <>
struct elementary<double> {
  /// As in elementary<float>.
  /// @{
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
  static constexpr double log1p_coefficients[] = {
      0x1.5c77fba21f937p-3, 0x1.55b21e0640270p-4, 0x1.efd80b415672bp-4, 0x1.1067c92a6c16bp-3,
      0x1.3b1ddb255fe41p-3, 0x1.745cb4037208ap-3, 0x1.c71c741c5d788p-3, 0x1.249249208c7efp-2,
      0x1.99999999a074dp-2, 0x1.5555555555535p-1};
  static constexpr double tanh_one = -64;
  static constexpr double erf_border = 1.0625;
  static constexpr double erf_one = 5.95;
  static constexpr double erf_near[] = {
      -0x1.8f90d735ba342p-31, 0x1.cd1bd11e9ea91p-27, -0x1.5a7e18fd41735p-23, 0x1.b93b983bed5e9p-20,
      -0x1.f4c2f2b7a1a26p-17, 0x1.f9a23856e601ep-14, -0x1.c02daa737b68fp-11, 0x1.565bccd0229fbp-8,
      -0x1.b82ce310a79ccp-6,  0x1.ce2f21a03b36ep-4,  -0x1.812746b037929p-2,  0x1.06eba8214db67p-3};
  static constexpr double erf_far[] = {0x1.c8faf57893479p-37,  -0x1.0849498f52774p-31, 0x1.141b9a53264c7p-27,
                                       -0x1.523272ddb8c4cp-24, 0x1.018e04db60452p-21,  -0x1.aeb4daaf5e042p-20,
                                       -0x1.17f23e95a5dbbp-21, 0x1.51d7f11725bc9p-15,  -0x1.0f8a09d1293e6p-12,
                                       0x1.fcfc236a4dc53p-11,  -0x1.1c64bc2c1047ap-9,  0x1.5a1e77c02ceb3p-11,
                                       0x1.34153df8d2660p-6,   -0x1.a4416ba7fb8bcp-4,  -0x1.45fb3651c8145p-1,
                                       -0x1.20dc88943c6a5p0,   -0x1.8dc60f09f9ef2p-20};
  /// @}
};

/// 2^n for an integer n in the exponent's range, given as n + elementary<T>::round.
template <class T>
[[nodiscard]] T exp2_of_rounded(T n_plus_round) {
  using c = elementary<T>;
  using bits = typename c::bits;
  const bits n = std::bit_cast<bits>(n_plus_round);
  return std::bit_cast<T>(static_cast<bits>((n << c::mantissa) + (c::bias << c::mantissa)));
}

/// A polynomial, its coefficients highest power first.
template <class Arithmetic, class T, std::size_t n>
[[nodiscard]] T polynomial(const T (&coefficients)[n], T x) {
  T y = coefficients[0];
  for (std::size_t i = 1; i < n; ++i) y = Arithmetic::multiply_add(y, x, coefficients[i]);
  return y;
}

/// e^x = 2^n e^r and e^r = 1 + r + q r^2.
template <class T>
struct reduced_exp {
  T n_plus_round;  ///< for exp2_of_rounded
  T r;             ///< what is left of x
  T r_squared;     ///< r * r
  T q;             ///< the polynomial exp_coefficients of r
};

/// n is the integer next to x / ln 2.
template <class Arithmetic, class T>
[[nodiscard]] reduced_exp<T> reduce_exp(T x) {
  using c = elementary<T>;
  const auto fma = [](T a, T b, T d) { return Arithmetic::multiply_add(a, b, d); };
  const T n_plus_round = fma(x, c::log2e, c::round);
  const T n = n_plus_round - c::round;
  T r = fma(-n, c::ln2_high, x);
  r = fma(-n, c::ln2_low, r);
  return {n_plus_round, r, r * r, polynomial<Arithmetic>(c::exp_coefficients, r)};
}

/// e^x, 2^n in two factors so that subnormal results and the largest ones are right.
template <class Arithmetic = fused, class T>
[[nodiscard]] T exp(T x) {
  using c = elementary<T>;
  const bool overflow = x > c::exp_largest;
  const bool underflow = x < c::exp_smallest;
  x = overflow ? c::exp_largest : x;
  x = underflow ? c::exp_smallest : x;
  const reduced_exp<T> e = reduce_exp<Arithmetic>(x);
  const T y = Arithmetic::multiply_add(e.q, e.r_squared, e.r) + T(1);
  const T n = e.n_plus_round - c::round;
  const T half = Arithmetic::multiply_add(n, T(0.5), c::round);
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

/// ln(1 + x) for x from 0 to 1. With s = x / (2 + x) it is 2 s + s^3 (…) = x - s (x - s^2 (…)): in this form
/// the largest part is x itself, without an error.
template <class Arithmetic = fused, class T>
[[nodiscard]] T log1p(T x) {
  const auto fma = [](T a, T b, T d) { return Arithmetic::multiply_add(a, b, d); };
  const T s = x / (T(2) + x);
  const T z = s * s;
  const T r = polynomial<Arithmetic>(elementary<T>::log1p_coefficients, z);
  return fma(s, fma(z, r, -x), x);
}

/// tanh |x| = -t / (2 + t) with t = e^(-2 |x|) - 1. A last step corrects the quotient by the rounding errors
/// of t, of 2 + t and of the quotient itself; without it the error would reach 2.7 ulp.
template <class Arithmetic = fused, class T>
[[nodiscard]] T tanh(T x) {
  const auto fma = [](T a, T b, T d) { return Arithmetic::multiply_add(a, b, d); };
  const T doubled = T(-2) * std::abs(x);
  const T u = doubled < elementary<T>::tanh_one ? elementary<T>::tanh_one : doubled;
  const reduced_exp<T> e = reduce_exp<Arithmetic>(u);
  const T power = exp2_of_rounded(e.n_plus_round);
  const T power_less_1 = power - T(1);
  const T t = fma(fma(e.q, e.r_squared, e.r), power, power_less_1);
  const T t_low = fma(power * e.r_squared, e.q, fma(power, e.r, power_less_1 - t));
  const T d = T(2) + t;
  const T d_low = t - (d - T(2)) + t_low;
  const T inverse = T(-1) / d;
  const T y = t * inverse;
  const T left_over = fma(y, d, t) + fma(y, d_low, t_low);
  return std::copysign(fma(left_over, inverse, y), x);
}

/// erf |x| = |x| + |x| P(x^2) near 0 and 1 - e^Q(|x|) elsewhere.
template <class Arithmetic = fused, class T>
[[nodiscard]] T erf(T x) {
  using c = elementary<T>;
  const auto fma = [](T a, T b, T d) { return Arithmetic::multiply_add(a, b, d); };
  const T a = std::abs(x);
  const T near = fma(polynomial<Arithmetic>(c::erf_near, a * a), a, a);
  const T clamped = a > c::erf_one ? c::erf_one : a;
  const reduced_exp<T> e = reduce_exp<Arithmetic>(polynomial<Arithmetic>(c::erf_far, clamped));
  const T power = exp2_of_rounded(e.n_plus_round);
  const T minus_far = fma(fma(e.q, e.r_squared, e.r), power, power - T(1));
  return std::copysign(a < c::erf_border ? near : minus_far, x);
}

/// 1 / (1 + e^-x) from e^-|x|, which cannot overflow. The last step corrects the rounding of 1 + e^-|x|.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sigmoid(T x) {
  const T e = exp<Arithmetic>(-std::abs(x));
  const T d = T(1) + e;
  const T excess = (d - T(1)) - e;
  const T y = (x < 0 ? e : T(1)) / d;
  return Arithmetic::multiply_add(y, excess, y);
}

}  // namespace twinpath::inline v0::contract
