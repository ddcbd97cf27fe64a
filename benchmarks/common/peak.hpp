// SPDX-License-Identifier: MIT
// The peak of the processor: independent multiply-adds in registers.
#pragma once

#include "machine.hpp"

namespace bench {

/// GFLOP/s of `threads` threads together, the median of several short tries.
[[nodiscard]] double fma_peak(tier t, element type, int threads);

/// Nanoseconds of one multiply-add in a chain of dependent ones: its latency.
[[nodiscard]] double multiply_add_ns(tier t);

}  // namespace bench
