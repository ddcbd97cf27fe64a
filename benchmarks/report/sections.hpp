// SPDX-License-Identifier: MIT
// The sections of the page, each in a file of its own. A section without measurements is empty.
#pragma once

#include <string>

#include "collect.hpp"

namespace report {

/// Machine, peak, libraries, commit, and the ratio to the best peer in each family.
[[nodiscard]] std::string overview(const results& all);
/// GFLOP/s over size in NN, TN, NT for each library.
[[nodiscard]] std::string products(const results& all);
/// Arithmetic intensity against GFLOP/s.
[[nodiscard]] std::string roofline(const results& all);
/// The gain of a second thread.
[[nodiscard]] std::string scaling(const results& all);
/// The faster schedule for each layer and batch.
[[nodiscard]] std::string two_paths_map(const results& all);
/// Training steps and predictions of all libraries.
[[nodiscard]] std::string networks(const results& all);
/// Functions of elements, activations, updates.
[[nodiscard]] std::string elementary(const results& all);
/// All rows.
[[nodiscard]] std::string tables(const results& all);

/// "1 thread", "2 threads".
[[nodiscard]] std::string threads_text(int threads);

}  // namespace report
