// SPDX-License-Identifier: MIT
// The conclusion from the numbers, as text.
#pragma once

#include <string>

#include "statistics.hpp"

namespace profile {

/// Whether the fork is faster and why, and which schedule is the fastest.
[[nodiscard]] std::string conclude(const numbers& n);

}  // namespace profile
