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

/// Bytes of an operand that an L2 cache keeps from one product to the next.
inline constexpr std::size_t near_bytes = 1 << 20;

/// Whether rows whose distance is `stride_bytes` fall on the same sets of an L1 cache: 64 sets of 64-byte
/// lines.
[[nodiscard]] constexpr bool aliases(std::size_t stride_bytes) noexcept {
  const std::size_t distance = stride_bytes % 4096;
  return stride_bytes >= 4096 && (distance < line_bytes || distance > 4096 - line_bytes);
}

/// Elements of unused memory before the memory of each of several workers. A core prefetches beyond what it
/// reads, across several rows of a matrix. Without the gap it would repeatedly take the cache lines that
/// another core is writing.
template <class T>
[[nodiscard]] constexpr std::size_t gap_between(std::size_t workers) noexcept {
  return workers > 1 ? 16 * 1024 / sizeof(T) : 0;
}

}  // namespace twinpath::inline v0::detail
