// SPDX-License-Identifier: MIT
#pragma once

#include <twinpath/dense.hpp>

namespace tests {

namespace tp = twinpath;

inline constexpr tp::schedule all_schedules[] = {tp::schedule::sequential, tp::schedule::concurrent,
                                                 tp::schedule::row_blocks, tp::schedule::automatic};

}  // namespace tests
