// SPDX-License-Identifier: MIT
// How much work is worth a task.
#pragma once

#include <cstddef>

namespace twinpath::inline v0::detail {

/// Multiply-adds that are worth a task of their own: 1.5 to 3 µs of one core with AVX-512, where handing a
/// task to another thread costs 1 to 2 µs, and 3 to 5 µs between cores behind different last-level caches: on
/// neighbours 128 Ki would gain up to a quarter, on such cores it would lose a third and more.
inline constexpr double task_work = 160 * 1024;
/// The same for work that is bound by memory, in bytes.
inline constexpr double task_bytes = 64 * 1024;

/// How many of `threads` a piece of work is worth, at least 1.
[[nodiscard]] constexpr std::size_t useful_workers(double work, double work_per_task,
                                                   std::size_t threads) noexcept {
  const double tasks = work / work_per_task;
  if (tasks < 2) return 1;
  return tasks < static_cast<double>(threads) ? static_cast<std::size_t>(tasks) : threads;
}

}  // namespace twinpath::inline v0::detail
