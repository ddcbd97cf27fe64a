// SPDX-License-Identifier: MIT
// Text for a terminal of 100 columns, and formats of numbers.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/numbers.hpp"
#include "spans.hpp"

namespace profile {

using bench::percent;

/// Lines that fit a terminal. The first begins with `start`, the others with spaces of that width.
[[nodiscard]] std::string wrapped(const std::string& text, const std::string& start = {});

/// In colours on a terminal that shows them, unless NO_COLOR is set and not empty (https://no-color.org).
[[nodiscard]] bool colours_wanted();
/// The text in the colour of a path, or unchanged.
[[nodiscard]] std::string coloured(const std::string& text, path p, bool wanted);
[[nodiscard]] std::string bold(const std::string& text, bool wanted);

/// With a suitable unit: "9.81 µs", "1.25 ms".
[[nodiscard]] std::string time_text(double microseconds);
/// "784-128-10"
[[nodiscard]] std::string name(const std::vector<std::size_t>& layers);
/// "1 thread", "2 threads"
[[nodiscard]] std::string counted(std::size_t n, const char* what);

}  // namespace profile
