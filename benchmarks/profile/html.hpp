// SPDX-License-Identifier: MIT
// A profile as one self-contained page.
#pragma once

#include <string>

#include "statistics.hpp"

namespace profile {

/// report.html from the sources, with placeholders.
extern const char* const page;

[[nodiscard]] std::string to_html(const numbers& n);

}  // namespace profile
