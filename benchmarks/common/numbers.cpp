// SPDX-License-Identifier: MIT
#include "common/numbers.hpp"

#include <cstdio>

namespace bench {

std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string three_digits(double value) {
  return fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0);
}

std::string time_text(double seconds) {
  if (seconds < 1e-6) return three_digits(seconds * 1e9) + " ns";
  if (seconds < 1e-3) return three_digits(seconds * 1e6) + " µs";
  if (seconds < 1) return three_digits(seconds * 1e3) + " ms";
  return three_digits(seconds) + " s";
}

std::string percent(double share) {
  return fixed(100 * share, 0) + " %";
}

}  // namespace bench
