// SPDX-License-Identifier: MIT
// The rows of all suites.
#pragma once

#include <string>
#include <vector>

#include "common/machine.hpp"

namespace compare {

struct known_row {
  std::string name;
  std::string family;
  double flops = 0;
  bool excepted = false;  ///< whether the arithmetic contract forbids its fast form
};

/// In the order of the tables.
[[nodiscard]] std::vector<known_row> known_rows(bench::element type);

/// The families of all suites, in that order.
[[nodiscard]] std::vector<std::string> known_families();

}  // namespace compare
