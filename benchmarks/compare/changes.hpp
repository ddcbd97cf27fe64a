// SPDX-License-Identifier: MIT
// Prints the changes since an earlier run.
#pragma once

#include <ostream>
#include <vector>

#include "common/table.hpp"
#include "comparison.hpp"

namespace compare {

/// The rows of one family.
void print_changes(std::ostream& out, const std::vector<const row_result*>& rows, const std::string& family,
                   bench::style how);

/// The legend of the tables.
[[nodiscard]] std::string changes_legend();

/// A row for each family.
void print_family_changes(std::ostream& out, const comparison& c, bench::style how);

}  // namespace compare
