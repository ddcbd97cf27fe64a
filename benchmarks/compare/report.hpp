// SPDX-License-Identifier: MIT
// Prints comparisons.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "common/table.hpp"
#include "comparison.hpp"

namespace compare {

using bench::style;
using bench::table;

struct report_options {
  style how = style::text;
  bool cpu_time = false;
  bool only_families = false;
  bool only_behind = false;
  bool all_peers = false;  ///< the speed of each peer instead of the ratio to the best one
};

void print_report(std::ostream& out, const std::vector<comparison>& all,
                  const std::vector<std::string>& left_out, const report_options& options);

}  // namespace compare
