// SPDX-License-Identifier: MIT
// Facts about caches that hold on every processor, and the rounding of sizes to lines and vectors.
#pragma once

#include <cstddef>

namespace twinpath::inline v0::detail {

[[nodiscard]] constexpr std::size_t divide_up(std::size_t x, std::size_t y) noexcept {
  return (x + y - 1) / y;
}
[[nodiscard]] constexpr std::size_t round_up(std::size_t x, std::size_t y) noexcept {
  return divide_up(x, y) * y;
}

/// Bytes in a cache line.
inline constexpr std::size_t line_bytes = 64;

/// An operand of at most this size stays in an L2 cache from one product to the next.
inline constexpr std::size_t near_bytes = 1 << 20;

/// Whether rows at a distance of `stride_bytes` map to the same sets of an L1 cache: 64 sets of 64-byte
/// lines.
[[nodiscard]] constexpr bool aliases(std::size_t stride_bytes) noexcept {
  const std::size_t distance = stride_bytes % 4096;
  return stride_bytes >= 4096 && (distance < line_bytes || distance > 4096 - line_bytes);
}

/// Unused elements before the memory of each of several workers. A core prefetches several rows of a matrix
/// beyond those that it reads; without the gap it would keep taking cache lines that another core writes.
template <class T>
[[nodiscard]] constexpr std::size_t gap_between(std::size_t workers) noexcept {
  return workers > 1 ? 16 * 1024 / sizeof(T) : 0;
}

}  // namespace twinpath::inline v0::detail
