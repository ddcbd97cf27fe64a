// SPDX-License-Identifier: MIT
// A profile as one page that needs nothing else.
#pragma once

#include <string>

#include "statistics.hpp"

namespace profile {

/// report.html as it lies in the source, with places for what is shown.
extern const char* const page;

[[nodiscard]] std::string to_html(const numbers& n);

}  // namespace profile
