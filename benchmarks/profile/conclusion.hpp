// SPDX-License-Identifier: MIT
// What the numbers mean, in words.
#pragma once

#include <string>

#include "statistics.hpp"

namespace profile {

/// Whether the fork gains anything and why, and which schedule is the fastest: a sentence for people.
[[nodiscard]] std::string conclude(const numbers& n);

}  // namespace profile
