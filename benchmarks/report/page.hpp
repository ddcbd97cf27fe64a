// SPDX-License-Identifier: MIT
// The page: one file without scripts or other files.
#pragma once

#include <string>

#include "collect.hpp"

namespace report {

[[nodiscard]] std::string page(const results& all);

}  // namespace report
