// SPDX-License-Identifier: MIT
// Numbers of several kinds, made from bits.
#pragma once

#include <bit>
#include <cstddef>
#include <limits>
#include <type_traits>

#include "support/bits.hpp"
#include "support/random.hpp"

namespace tests {

/// 2^n for a normal number.
template <class T>
T power_of_two(int n) {
  using limits = std::numeric_limits<T>;
  return std::bit_cast<T>(static_cast<bits_of<T>>(n + limits::max_exponent - 1) << (limits::digits - 1));
}

/// A positive normal number, each exponent as likely as the others.
template <class T>
T positive(generator& random) {
  constexpr int digits = std::numeric_limits<T>::digits;
  const auto exponent = 1 + random.below(2 * std::numeric_limits<T>::max_exponent - 2);
  return std::bit_cast<T>(static_cast<bits_of<T>>(exponent << (digits - 1) | random.bits() >> (65 - digits)));
}

/// A subnormal number or 0, of either sign.
template <class T>
T subnormal(generator& random) {
  const auto fraction = random.bits() >> (65 - std::numeric_limits<T>::digits);
  return std::bit_cast<T>(static_cast<bits_of<T>>((random.bits() >> 63) << (8 * sizeof(T) - 1) | fraction));
}

/// NaN, the infinities, the zeros and the largest numbers, by their bits: compiler options may say that some
/// of them do not exist.
template <class T>
T corner(std::size_t i) {
  constexpr int digits = std::numeric_limits<T>::digits;
  constexpr auto exponents = static_cast<bits_of<T>>(2 * std::numeric_limits<T>::max_exponent - 1);
  constexpr auto infinity = static_cast<bits_of<T>>(exponents << (digits - 1));
  constexpr auto sign = static_cast<bits_of<T>>(bits_of<T>(1) << (8 * sizeof(T) - 1));
  constexpr auto quiet = static_cast<bits_of<T>>(infinity | bits_of<T>(1) << (digits - 2));
  constexpr bits_of<T> all[] = {quiet, infinity,     infinity | sign,      0,
                                sign,  infinity - 1, (infinity - 1) | sign};
  return std::bit_cast<T>(all[i % std::size(all)]);
}

/// Uniform in [-1, 1) times 2^exponent, which is exact.
template <class T>
tp::matrix<T> scaled_matrix(std::size_t rows, std::size_t cols, generator& random, int exponent) {
  tp::matrix<T> x = uniform_matrix<T>(rows, cols, random);
  const T scale = power_of_two<T>(exponent);
  for (T& e : x.elements()) e *= scale;
  return x;
}

/// Uniform in [0, 1].
template <class T>
tp::matrix<T> positive_matrix(std::size_t rows, std::size_t cols, generator& random) {
  tp::matrix<T> x = uniform_matrix<T>(rows, cols, random);
  for (T& e : x.elements()) e = e < 0 ? -e : e;
  return x;
}

/// An exponent of 2 whose power has a subnormal square with many digits.
template <class T>
inline constexpr int tiny = std::is_same_v<T, float> ? -70 : -525;

}  // namespace tests
