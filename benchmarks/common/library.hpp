// SPDX-License-Identifier: MIT
// The library with which an executable is linked: each file in peers/ defines these functions for one
// library.
#pragma once

#include "common/machine.hpp"

namespace bench {

/// Called first, once.
void set_threads(int threads);
/// Called after set_threads.
[[nodiscard]] library describe_library();

}  // namespace bench
