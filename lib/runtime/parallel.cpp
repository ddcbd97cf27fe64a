// SPDX-License-Identifier: MIT
#include "runtime/parallel.hpp"

#include <oneapi/tbb/global_control.h>
#include <algorithm>

namespace twinpath::inline v0::detail {

std::size_t concurrency() noexcept {
  const auto arena = static_cast<std::size_t>(std::max(1, tbb::this_task_arena::max_concurrency()));
  return std::min(arena, tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

}  // namespace twinpath::inline v0::detail
