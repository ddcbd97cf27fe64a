// SPDX-License-Identifier: MIT
// The library that an executable is linked with: each file in peers/ defines these for one of them.
#pragma once

#include "common/machine.hpp"

namespace bench {

/// Called first, once.
void set_threads(int threads);
/// Called after set_threads.
[[nodiscard]] library describe_library();

}  // namespace bench
