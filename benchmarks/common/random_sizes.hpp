// SPDX-License-Identifier: MIT
// Random sizes for shapes that no one has chosen. A seed gives the same sizes on every machine.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace bench {

class random_sizes {
 public:
  explicit random_sizes(std::uint64_t seed) : state_(seed) {}

  /// From 0 to count - 1, all equally probable.
  [[nodiscard]] std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

  /// From least to most, both above 0; the logarithm is distributed uniformly.
  [[nodiscard]] std::size_t log_uniform(std::size_t least, std::size_t most) {
    // least * (end / least)^u for a u of 32 random bits, from square roots alone: those are rounded correctly
    // everywhere, and the functions of the C library are not.
    std::uint64_t bits = next();
    double root = static_cast<double>(most + 1) / static_cast<double>(least);
    auto value = static_cast<double>(least);
    for (int i = 0; i < 32; ++i, bits >>= 1) {
      root = std::sqrt(root);
      if ((bits & 1) != 0) value *= root;
    }
    return std::clamp(static_cast<std::size_t>(value), least, most);
  }

 private:
  // splitmix64 (Steele, Lea and Flood, 2014).
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace bench
