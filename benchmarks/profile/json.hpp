// SPDX-License-Identifier: MIT
// A profile as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "statistics.hpp"

namespace profile {

/// All numbers, and the pieces of one step of each schedule.
[[nodiscard]] nlohmann::ordered_json to_json(const numbers& n);

}  // namespace profile
