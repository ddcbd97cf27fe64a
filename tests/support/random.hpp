// SPDX-License-Identifier: MIT
// Random data. Nearly every sum over it depends on the order of the additions.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <twinpath/matrix.hpp>

#include "support/bits.hpp"

namespace tests {

/// splitmix64: the same numbers with every standard library.
class generator {
 public:
  explicit generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return bits() % n; }

  /// Uniform in [-1, 1).
  template <class T>
  T uniform() {
    constexpr int digits = std::numeric_limits<T>::digits;
    return T(bits() >> (64 - digits)) * (T(2) / T(std::uint64_t{1} << digits)) - T(1);
  }
  /// Any finite or infinite number or NaN; all exponents are equally likely.
  template <class T>
  T any() {
    return std::bit_cast<T>(static_cast<bits_of<T>>(bits() >> (64 - 8 * sizeof(T))));
  }
  /// Sometimes NaN, an infinity, a zero, a subnormal or a very large number, otherwise uniform.
  template <class T>
  T special(std::uint64_t one_in = 40) {
    using limits = std::numeric_limits<T>;
    const T corners[] = {
        limits::quiet_NaN(),  limits::infinity(), -limits::infinity(), T(0),          T(-0.0),
        limits::denorm_min(), -limits::min() / 4, limits::max(),       -limits::max()};
    if (below(one_in) != 0) return uniform<T>();
    return corners[below(std::size(corners))];
  }

 private:
  std::uint64_t state_;
};

template <class T>
tp::matrix<T> uniform_matrix(std::size_t rows, std::size_t cols, generator& random) {
  tp::matrix<T> x(rows, cols);
  for (T& e : x.elements()) e = random.uniform<T>();
  return x;
}

template <class T>
tp::matrix<T> special_matrix(std::size_t rows, std::size_t cols, generator& random,
                             std::uint64_t one_in = 40) {
  tp::matrix<T> x(rows, cols);
  for (T& e : x.elements()) e = random.special<T>(one_in);
  return x;
}

}  // namespace tests
