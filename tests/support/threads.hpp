// SPDX-License-Identifier: MIT
// Work on a given number of threads, which may exceed the number of cores.
#pragma once

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <cstddef>

namespace tests {

inline constexpr std::size_t thread_counts[] = {1, 2, 3};

/// Runs body in an arena of `threads` threads, all of which TBB may use.
template <class Body>
void on_threads(std::size_t threads, const Body& body) {
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute(body);
}

}  // namespace tests
