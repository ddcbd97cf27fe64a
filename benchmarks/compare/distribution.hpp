// SPDX-License-Identifier: MIT
// The distribution of twinpath's speed over that of peers, for all rows of a type.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "comparison.hpp"

namespace compare {

/// Below it a row of a distribution is behind.
inline constexpr double distribution_bar = 0.95;

/// Ratios of the fastest repetitions of all rounds.
struct distribution {
  std::string peer;
  std::size_t rows = 0, behind = 0;
  double mean = 0;   ///< geometric
  double tenth = 0;  ///< the 10th percentile
  std::string worst_row;
  double worst = 0;
};

/// The first is over the best peer of each row, the others over each peer alone, in the order of the
/// libraries. Peers without rows are left out.
[[nodiscard]] std::vector<distribution> distributions(const std::vector<const row_result*>& rows,
                                                      const std::vector<run>& libraries);

}  // namespace compare
