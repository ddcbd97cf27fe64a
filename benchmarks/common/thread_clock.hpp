// SPDX-License-Identifier: MIT
// The clock for measurements of the machine's limits.
#pragma once

#include <ctime>

namespace bench {

/// The time for which the calling thread ran, so that other programs do not change the result.
[[nodiscard]] inline double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace bench
