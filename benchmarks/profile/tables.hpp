// SPDX-License-Identifier: MIT
// The output of the program.
#pragma once

#include <ostream>

#include "statistics.hpp"

namespace profile {

/// Describes the measurement.
void print_header(std::ostream& out, const numbers& n);
/// A table of the schedules, and a table of operations for each schedule.
void print_tables(std::ostream& out, const numbers& n, bool colours);

}  // namespace profile
