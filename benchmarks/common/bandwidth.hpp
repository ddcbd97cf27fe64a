// SPDX-License-Identifier: MIT
// How fast operands can be read: the roofs over products that compute little with each.
#pragma once

#include <cstddef>

#include "machine.hpp"

namespace bench {

/// GB/s (10^9 bytes) that `threads` threads together read from so many bytes, a part each, again and again:
/// the median of several short tries.
[[nodiscard]] double read_bandwidth(tier t, std::size_t bytes, int threads);

/// A size for the above that fits into the second-level caches of so many cores, and not into first-level
/// ones.
[[nodiscard]] std::size_t second_level_bytes(int threads);
/// A size that fits into no cache.
[[nodiscard]] std::size_t memory_bytes();

}  // namespace bench
