// SPDX-License-Identifier: MIT
// Waiting for another thread without a lock.
#pragma once

#include <thread>

#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// Spins first, because the other thread usually writes within microseconds, and then yields, because that
/// thread may need this core.
class backoff {
 public:
  void wait() noexcept {
    if (++waited_ >= most_pauses) return std::this_thread::yield();
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

 private:
  static constexpr int most_pauses = 4000;
  int waited_ = 0;
};

/// Waits until `holds()`, which another thread makes true.
template <class Condition>
void wait_until(const Condition& holds) {
  if (holds()) return;
  const span_scope span(waiting);
  backoff pause;
  while (!holds()) pause.wait();
}

}  // namespace twinpath::inline v0::detail
