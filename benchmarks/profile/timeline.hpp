// SPDX-License-Identifier: MIT
// One step of each schedule as a picture: one lane for each thread, the two paths in two colours.
#pragma once

#include <string>

#include "statistics.hpp"

namespace profile {

struct picture {
  int width = 900;    ///< pixels; below 600 a layout for small windows
  bool alone = true;  ///< whether it is a file of its own, with its colours; a page around it has the colours
                      ///< otherwise
};

/// An SVG element. All schedules have the same scale, so that lengths can be compared.
[[nodiscard]] std::string timeline(const numbers& n, const picture& how);

}  // namespace profile
