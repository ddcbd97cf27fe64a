// SPDX-License-Identifier: MIT
// Formats of numbers.
#pragma once

#include <string>

namespace bench {

/// A number with this many decimals.
[[nodiscard]] std::string fixed(double value, int decimals);
/// Three significant digits.
[[nodiscard]] std::string three_digits(double value);
/// With its unit, from ns to s.
[[nodiscard]] std::string time_text(double seconds);
/// "93 %" of 0.93.
[[nodiscard]] std::string percent(double share);

}  // namespace bench
