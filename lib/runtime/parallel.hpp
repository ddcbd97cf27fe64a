// SPDX-License-Identifier: MIT
// Parallel work in the caller's TBB arena: no thread pool, no state between calls.
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

/// The number of threads that the caller's arena and TBB's global limit allow.
[[nodiscard]] std::size_t concurrency() noexcept;

/// Context of a group of tasks: cancelling a group of the caller does not cancel it, and its workers use the
/// caller's floating-point environment.
class own_context {
 public:
  tbb::task_group_context& get() noexcept { return context_; }

 private:
  tbb::task_group_context context_{
      tbb::task_group_context::isolated,
      tbb::task_group_context::default_traits | tbb::task_group_context::fp_settings};
};

/// Records, in traces with parts, how long the constructing thread waits for tasks of other threads: from the
/// end of the last task that it ran itself.
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

/// Calls body(worker) once for each worker = 0 … workers - 1, on threads of the caller's arena, and returns
/// when all calls have ended. Inside `isolated`, the waiting thread takes no task from outside.
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

/// Calls body(worker, task) for task = 0 … tasks - 1. A worker takes the next task when it has finished one,
/// so that fast threads do not wait for slow ones. One thread at a time uses a worker index, and so the
/// scratch memory that belongs to it.
template <class Body>
void run_tasks(std::size_t workers, std::size_t tasks, const Body& body) {
  if (workers <= 1 || tasks <= 1) {
    for (std::size_t task = 0; task < tasks; ++task) body(std::size_t{0}, task);
    return;
  }
  workers = std::min(workers, tasks);
  std::atomic<std::size_t> next{workers};
  run_workers(workers, [&](std::size_t worker) {
    // The first task depends on the worker alone, so that a thread often gets the same data in the next call.
    for (std::size_t task = worker; task < tasks; task = next.fetch_add(1, std::memory_order_relaxed))
      body(worker, task);
  });
}

/// Calls f and g as sibling tasks.
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

/// Calls f. While the calling thread waits inside f, it takes no task that was submitted outside f.
template <class F>
auto isolated(const F& f) {
  return tbb::this_task_arena::isolate(f);
}

}  // namespace twinpath::inline v0::detail
