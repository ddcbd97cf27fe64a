// SPDX-License-Identifier: MIT
// Equality of bits as the arithmetic contract defines it: all bits, except the payload and sign of NaN.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

#include <twinpath/matrix.hpp>

namespace tests {

namespace tp = twinpath;

template <class T>
using bits_of = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;

/// The bits of x; every NaN has the same ones.
template <class T>
bits_of<T> promised_bits(T x) {
  return std::bit_cast<bits_of<T>>(x != x ? std::numeric_limits<T>::quiet_NaN() : x);
}

template <class T>
bool same_bits(T a, T b) {
  return promised_bits(a) == promised_bits(b);
}

template <class T>
std::string text_of(T x) {
  char text[64];
  std::snprintf(text, sizeof text, "%a (%.9g)", static_cast<double>(x), static_cast<double>(x));
  return text;
}

/// The first difference of two matrices of one shape; empty if they are equal.
template <class T>
std::string difference(tp::matrix_view<const T> actual, tp::matrix_view<const T> expected) {
  for (std::size_t i = 0; i < expected.rows(); ++i) {
    const auto x = actual.row(i);
    const auto y = expected.row(i);
    if (y.empty() || std::memcmp(x.data(), y.data(), y.size_bytes()) == 0) continue;
    for (std::size_t j = 0; j < y.size(); ++j) {
      if (same_bits(x[j], y[j])) continue;
      return "element (" + std::to_string(i) + ", " + std::to_string(j) + ") is " + text_of(x[j]) +
             ", the contract says " + text_of(y[j]);
    }
  }
  return {};
}

template <class T>
std::string difference(std::span<const T> actual, std::span<const T> expected) {
  return difference<T>(tp::matrix_view<const T>(actual, 1, actual.size()),
                       tp::matrix_view<const T>(expected, 1, expected.size()));
}

}  // namespace tests
