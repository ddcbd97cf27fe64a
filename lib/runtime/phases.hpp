// SPDX-License-Identifier: MIT
// Several barriers in a row, for work that is too small for a fork each.
#pragma once

#include <oneapi/tbb/task_group.h>
#include <atomic>
#include <cstddef>

#include "runtime/backoff.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {

/// Phases of a few parts each; a phase begins when all parts of the one before have ended. Helping threads
/// stay until the last phase has ended, so that a phase costs a read of a counter instead of a fork. The
/// calling thread computes the parts that no other thread has begun, so it depends on no helper and waits
/// only for parts under way. Threads spin while they wait, because a phase of a small network takes
/// microseconds.
class phases {
 public:
  static constexpr std::size_t most_parts = 64;

  phases(std::size_t parts, std::size_t count) noexcept : parts_(parts), count_(count) {}

  /// Calls body(phase, part) for all phases in order. Parts of a phase run on any thread; a helper that is in
  /// time gets the same part in every phase, so that its data stays in its caches. One part is a plain loop.
  template <class Body>
  void run(const Body& body) {
    if (parts_ <= 1) {
      for (std::size_t p = 0; p < count_; ++p) body(p, std::size_t{0});
      return;
    }
    own_context context;
    tbb::task_group others(context.get());
    try {
      for (std::size_t own = 1; own < parts_; ++own) others.run([this, own, &body] { help(own, body); });
    } catch (...) {
      current_.store(count_, std::memory_order_release);
      others.wait();
      throw;
    }
    for (std::size_t phase = 0; phase < count_; ++phase) {
      take_parts(phase, 0, body);
      wait_until([&] { return done_.load(std::memory_order_acquire) == (phase + 1) * parts_; });
      current_.store(phase + 1, std::memory_order_release);
    }
    const span_scope span(waiting);
    others.wait();
  }

 private:
  /// Computes the parts of a phase that no other thread has begun, the own one first.
  template <class Body>
  void take_parts(std::size_t phase, std::size_t own, const Body& body) {
    for (std::size_t i = 0; i < parts_; ++i) {
      const std::size_t part = own + i < parts_ ? own + i : own + i - parts_;
      std::size_t expected = phase;
      if (!begun_[part].compare_exchange_strong(expected, phase + 1, std::memory_order_acq_rel)) continue;
      body(phase, part);
      done_.fetch_add(1, std::memory_order_release);
    }
  }

  template <class Body>
  void help(std::size_t own, const Body& body) {
    for (std::size_t phase = current_.load(std::memory_order_acquire); phase != count_;) {
      take_parts(phase, own, body);
      const std::size_t done = phase;
      wait_until([&] { return (phase = current_.load(std::memory_order_acquire)) != done; });
    }
  }

  std::size_t parts_;
  std::size_t count_;
  alignas(64) std::atomic<std::size_t> current_{0};
  alignas(64) std::atomic<std::size_t> done_{0};
  alignas(64) std::atomic<std::size_t> begun_[most_parts] = {};  ///< begun phases of each part
};

}  // namespace twinpath::inline v0::detail
