// SPDX-License-Identifier: MIT
// Numbers of a kind that an input chooses.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdint>

#include <twinpath/matrix.hpp>

#include "support/random.hpp"

namespace fuzz {

namespace tp = twinpath;

enum class number_kind {
  uniform,   ///< in [-1, 1)
  wide,      ///< of many magnitudes
  rare,      ///< one in 1000 a zero, a subnormal, infinite, NaN or very large
  frequent,  ///< one in 40
  kMaxValue = frequent
};

class values {
 public:
  explicit values(FuzzedDataProvider& input)
      : kind_(input.ConsumeEnum<number_kind>()), random_(input.ConsumeIntegral<std::uint64_t>()) {}

  template <class T>
  T next() {
    constexpr int magnitudes = 20;
    switch (kind_) {
      case number_kind::wide:
        return std::ldexp(random_.uniform<T>(), static_cast<int>(random_.below(2 * magnitudes)) - magnitudes);
      case number_kind::rare:
        return random_.special<T>(1000);
      case number_kind::frequent:
        return random_.special<T>(40);
      default:
        return random_.uniform<T>();
    }
  }
  template <class T>
  void fill(tp::matrix_view<T> x) {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (T& e : x.row(i)) e = next<T>();
    }
  }
  /// Uniform among 0, 1, …, n - 1.
  std::size_t below(std::size_t n) { return random_.below(n); }

 private:
  number_kind kind_;
  tests::generator random_;
};

}  // namespace fuzz
