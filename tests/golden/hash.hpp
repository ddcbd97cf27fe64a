// SPDX-License-Identifier: MIT
// A hash of results, the same on every platform.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>

#include "support/bits.hpp"

namespace tests {

/// 64-bit FNV-1a over the elements in little-endian bytes, every NaN as the same value. A NaN is recognised
/// by its bits, because this is also compiled with -ffast-math.
template <class T>
[[nodiscard]] std::uint64_t hash_of(std::span<const T> x) {
  constexpr bits_of<T> infinity = static_cast<bits_of<T>>(2 * std::numeric_limits<T>::max_exponent - 1)
                                  << (std::numeric_limits<T>::digits - 1);
  constexpr auto magnitude = static_cast<bits_of<T>>(~(bits_of<T>(1) << (8 * sizeof(T) - 1)));
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const T& element : x) {
    auto bits = std::bit_cast<bits_of<T>>(element);
    if ((bits & magnitude) > infinity) bits = infinity + 1;
    for (std::size_t shift = 0; shift < 8 * sizeof(T); shift += 8) {
      hash = (hash ^ ((bits >> shift) & 0xff)) * 0x100000001b3;
    }
  }
  return hash;
}

[[nodiscard]] inline std::string text_of(std::uint64_t hash) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace tests
