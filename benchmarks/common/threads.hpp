// SPDX-License-Identifier: MIT
// A program on a given number of threads.
#pragma once

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <cstddef>

namespace bench {

/// Runs `body` on so many threads, or on all for 0, and returns what it returns.
template <class Body>
auto on_threads(int threads, const Body& body) {
  if (threads == 0) return body();
  // The arena holds the program to that many threads; the control allows more of them than there are
  // processors.
  const oneapi::tbb::global_control control(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(threads));
  oneapi::tbb::task_arena arena(threads);
  return arena.execute(body);
}

}  // namespace bench
