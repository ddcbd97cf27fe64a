// SPDX-License-Identifier: MIT
// What the program prints.
#pragma once

#include <ostream>

#include "statistics.hpp"

namespace profile {

/// What is about to be measured.
void print_header(std::ostream& out, const numbers& n);
/// A table of the schedules, and for each of them one of its operations.
void print_tables(std::ostream& out, const numbers& n, bool colours);

}  // namespace profile
