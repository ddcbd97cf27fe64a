// SPDX-License-Identifier: MIT
// A program on a given number of threads.
#pragma once

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <cstddef>

namespace bench {

/// Runs `body` on at most `threads` threads (0: all) and returns its result.
template <class Body>
auto on_threads(int threads, const Body& body) {
  if (threads == 0) return body();
  // The arena limits the number of threads; the control allows more threads than processors.
  const oneapi::tbb::global_control control(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(threads));
  oneapi::tbb::task_arena arena(threads);
  return arena.execute(body);
}

}  // namespace bench
