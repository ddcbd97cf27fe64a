// SPDX-License-Identifier: MIT
// The sections of the page, each in a file of its own. Empty where nothing of it was measured.
#pragma once

#include <string>

#include "collect.hpp"

namespace report {

/// Machine, peak, libraries, commit, and where twinpath stands in each family.
[[nodiscard]] std::string overview(const results& all);
/// GFLOP/s over size in NN, TN, NT for each library.
[[nodiscard]] std::string products(const results& all);
/// Arithmetic intensity against GFLOP/s.
[[nodiscard]] std::string roofline(const results& all);
/// What a second thread brings.
[[nodiscard]] std::string scaling(const results& all);
/// Layer against batch: which schedule wins.
[[nodiscard]] std::string two_paths_map(const results& all);
/// Steps of training and predictions beside the peers.
[[nodiscard]] std::string networks(const results& all);
/// Functions of elements, activations, updates.
[[nodiscard]] std::string elementary(const results& all);
/// All rows.
[[nodiscard]] std::string tables(const results& all);

/// "1 thread", "2 threads".
[[nodiscard]] std::string threads_text(int threads);

}  // namespace report
