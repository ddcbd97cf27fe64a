// SPDX-License-Identifier: MIT
// The speed of reading operands, the limit of products with little arithmetic for each.
#pragma once

#include <cstddef>

#include "machine.hpp"

namespace bench {

/// GB/s (10^9 bytes) at which `threads` threads together read `bytes` bytes repeatedly, each its own part:
/// the median of several short trials.
[[nodiscard]] double read_bandwidth(tier t, std::size_t bytes, int threads);

/// A size that fits into the L2 caches of `threads` cores, but not into their L1 caches.
[[nodiscard]] std::size_t second_level_bytes(int threads);
/// A size that fits no cache.
[[nodiscard]] std::size_t memory_bytes();

}  // namespace bench
