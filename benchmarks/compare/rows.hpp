// SPDX-License-Identifier: MIT
// The rows of all suites.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/machine.hpp"

namespace compare {

struct known_row {
  std::string name;
  std::string family;
  double flops = 0;
  double chains = 0;  ///< of dependent multiply-adds, all that the contract has for a product; 0: no product
  bool excepted = false;  ///< whether the arithmetic contract forbids its fast form
};

/// In the order of the tables.
[[nodiscard]] std::vector<known_row> known_rows(bench::element type);

/// The row of a product, network or batch that no table of a suite has; empty if the name is not of a row.
[[nodiscard]] std::optional<known_row> parse_row(const std::string& name);

/// The families of all suites, in that order.
[[nodiscard]] std::vector<std::string> known_families();

}  // namespace compare
