// SPDX-License-Identifier: MIT
// One step of each schedule as a picture: a lane a thread, the two paths in two colours.
#pragma once

#include <string>

#include "statistics.hpp"

namespace profile {

struct picture {
  int width = 900;    ///< pixels; below 600 a layout for small windows
  bool alone = true;  ///< a file of its own, with its colours; else the page around it has them
};

/// An SVG element. All schedules have the same scale, so that lengths compare.
[[nodiscard]] std::string timeline(const numbers& n, const picture& how);

}  // namespace profile
