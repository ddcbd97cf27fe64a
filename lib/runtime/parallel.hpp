// SPDX-License-Identifier: MIT
// Parallel work in the caller's TBB arena: no pool of our own, no state between calls.
#pragma once

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>

#include "runtime/span.hpp"
#include "runtime/task_work.hpp"

namespace twinpath::inline v0::detail {

/// Threads that the calling thread's arena and the global limit let it use.
[[nodiscard]] std::size_t concurrency() noexcept;

/// A group of tasks that a cancelled group of the caller does not cancel, and whose workers take over the
/// caller's floating-point environment.
class own_context {
 public:
  tbb::task_group_context& get() noexcept { return context_; }

 private:
  tbb::task_group_context context_{
      tbb::task_group_context::isolated,
      tbb::task_group_context::default_traits | tbb::task_group_context::fp_settings};
};

/// Shows in a trace of parts how long the thread that makes it waits for tasks that others run: from the end
/// of the last one that it ran itself.
class wait_for_others {
 public:
  void task_is_done() noexcept {
    if (span_.is_open() && std::this_thread::get_id() == caller_) [[unlikely]]
      span_.begin_again();
  }

 private:
  span_scope span_{waiting};
  const std::thread::id caller_ = std::this_thread::get_id();
};

/// Calls body(worker) for worker = 0 … workers - 1, each at most once at a time, on threads of the caller's
/// arena. Returns when all are done. While it waits the calling thread takes no task from outside of
/// `isolated`.
template <class Body>
void run_workers(std::size_t workers, const Body& body) {
  if (workers <= 1) return body(std::size_t{0});
  own_context context;
  wait_for_others wait;
  const auto task = [&](std::size_t worker) {
    body(worker);
    wait.task_is_done();
  };
  tbb::parallel_for(std::size_t{0}, workers, task, tbb::simple_partitioner(), context.get());
}

/// Calls body(worker, task) for task = 0 … tasks - 1. A worker takes the next task when it is done with one,
/// so that no thread waits for a slower one; what a worker index owns, such as scratch memory, is used by one
/// thread at a time.
template <class Body>
void run_tasks(std::size_t workers, std::size_t tasks, const Body& body) {
  if (workers <= 1 || tasks <= 1) {
    for (std::size_t task = 0; task < tasks; ++task) body(std::size_t{0}, task);
    return;
  }
  workers = std::min(workers, tasks);
  std::atomic<std::size_t> next{workers};
  run_workers(workers, [&](std::size_t worker) {
    // The first task is the worker's own, so that the same thread meets the same data in the next call.
    for (std::size_t task = worker; task < tasks; task = next.fetch_add(1, std::memory_order_relaxed))
      body(worker, task);
  });
}

/// Waits for a moment: at first for what another thread is about to write, later for that thread to get a
/// core.
class patience {
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

template <class Condition>
void wait_until(const Condition& holds) {
  if (holds()) return;
  const span_scope span(waiting);
  patience turn;
  while (!holds()) turn.wait();
}

/// Phases of a few parts each, where each phase needs all of the one before. Threads that come stay until the
/// last phase is over, so that a phase costs a look at a counter instead of a fork. The calling thread
/// computes what no other one has begun, so that none has to come; it waits only for parts that are being
/// computed.
class phases {
 public:
  static constexpr std::size_t most_parts = 64;

  phases(std::size_t parts, std::size_t count) noexcept : parts_(parts), count_(count) {}

  /// Calls body(phase, part) for all phases in order, and all parts of a phase on any thread, the same part
  /// on the same thread where that has come in time. With one part it is a loop.
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
  /// Parts of a phase that nobody else has begun, its own one first.
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
  alignas(64) std::atomic<std::size_t> begun_[most_parts] = {};  ///< phases of each part
};

/// Calls f and g, as sibling tasks.
template <class F, class G>
void run_both(const F& f, const G& g) {
  own_context context;
  wait_for_others wait;
  const auto task = [&wait](const auto& part) {
    return [&] {
      part();
      wait.task_is_done();
    };
  };
  tbb::parallel_invoke(task(f), task(g), context.get());
}

/// Runs f so that the calling thread, while it waits inside, takes no task that was submitted outside.
template <class F>
auto isolated(const F& f) {
  return tbb::this_task_arena::isolate(f);
}

}  // namespace twinpath::inline v0::detail
