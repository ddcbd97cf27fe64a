// SPDX-License-Identifier: MIT
// The clock of the limits that are measured.
#pragma once

#include <ctime>

namespace bench {

/// The time that the calling thread was running: on a machine that is not quiet a limit stays what it is.
[[nodiscard]] inline double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace bench
