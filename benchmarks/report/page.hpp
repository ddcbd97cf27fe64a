// SPDX-License-Identifier: MIT
// The page: one file, with nothing to load and no script.
#pragma once

#include <string>

#include "collect.hpp"

namespace report {

[[nodiscard]] std::string page(const results& all);

}  // namespace report
