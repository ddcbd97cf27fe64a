// SPDX-License-Identifier: MIT
// The least work that pays for a task.
#pragma once

#include <cstddef>

namespace twinpath::inline v0::detail {

/// Multiply-adds that pay for a task: 1.5 to 3 µs of one core with AVX-512. Handing a task to another thread
/// costs 1 to 2 µs, or 3 to 5 µs between cores with different last-level caches. 128 Ki would gain up to a
/// quarter on neighbouring cores and lose a third or more on distant ones (AMD EPYC, 2026-11-26).
inline constexpr double task_work = 160 * 1024;
/// The same for memory-bound work, in bytes.
inline constexpr double task_bytes = 64 * 1024;

/// The number of threads, 1 to `threads`, that pay off for some work.
[[nodiscard]] constexpr std::size_t useful_workers(double work, double work_per_task,
                                                   std::size_t threads) noexcept {
  const double tasks = work / work_per_task;
  if (tasks < 2) return 1;
  return tasks < static_cast<double>(threads) ? static_cast<std::size_t>(tasks) : threads;
}

}  // namespace twinpath::inline v0::detail
