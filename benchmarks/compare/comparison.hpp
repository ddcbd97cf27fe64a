// SPDX-License-Identifier: MIT
// twinpath compared with the best peer, by row and by family.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results.hpp"
#include "rows.hpp"

namespace compare {

inline constexpr double bar = 0.97;  ///< below it a row is behind; smaller differences than 3 % are noise
inline constexpr double forbidden_bar = 0.75;
inline constexpr double excepted_bar = 0.5;  ///< for rows that the arithmetic contract excepts

/// Speed now over speed before, computed in every round that both have.
struct change {
  double median = 0;
  /// 95 % interval of the median, by the sign test; the whole range for fewer than six rounds.
  double low = 0, high = 0;
  double least = 0, most = 0;

  [[nodiscard]] bool slower() const { return high < 1; }
  [[nodiscard]] bool faster() const { return low > 1; }
  /// In every round, and by more than noise.
  [[nodiscard]] bool behind() const { return most < bar; }
};

/// GFLOP/s of one row.
struct speeds {
  double gflops = 0;  ///< of twinpath
  std::map<std::string, double> peers;

  /// 0 without peers.
  [[nodiscard]] double best_peer() const {
    double best = 0;
    for (const auto& [library, speed] : peers) best = std::max(best, speed);
    return best;
  }
};

/// Medians over the rounds. The ratio is the best peer's time over twinpath's, computed in every round.
struct row_result {
  known_row row;
  double seconds = 0;
  double gflops = 0;
  double peak_share = 0;
  std::map<std::string, double> peers;  ///< GFLOP/s
  std::string best_peer;
  struct spread {
    double median, least, most;
  };
  std::optional<spread> ratio;  ///< empty if no peer has the row
  std::optional<change> before;
  double seconds_before = 0;
  speeds fastest;  ///< the fastest repetitions of all rounds
  std::optional<double>
      bound;  ///< GFLOP/s with all chains of the contract at once, each as fast as its latency

  /// Whether no order of the contract's chains reaches the part of the best peer that a row needs.
  [[nodiscard]] bool forbidden() const { return bound && *bound < forbidden_bar * fastest.best_peer(); }
  [[nodiscard]] double needed() const { return row.excepted ? excepted_bar : bar; }
  /// In every round.
  [[nodiscard]] bool behind() const { return ratio && ratio->most < needed(); }
  /// In most rounds, but not in all.
  [[nodiscard]] bool doubtful() const { return ratio && !behind() && ratio->median < needed(); }
};

struct family_result {
  std::string name;
  std::size_t rows = 0, behind = 0, doubtful = 0;
  std::optional<double> mean;             ///< geometric, of the ratios
  std::optional<double> mean_unexcepted;  ///< without the excepted rows
  std::string worst_row;
  double worst_ratio = 0;
  double peak_share = 0;         ///< median
  std::optional<double> before;  ///< geometric mean
  std::size_t slower = 0, faster = 0;
  std::string most_slowed_row;
  double most_slowed = 0;
};

/// All results for one number of threads.
struct comparison {
  int threads = 1;
  std::vector<run> libraries;  ///< the first run of each, twinpath first
  std::string commit_before;   ///< empty without an earlier run
  std::map<std::string, double> peak;
  std::vector<double>
      round_trips;  ///< of a cache line between two cores, in ns: one for each process, sorted
  std::size_t rounds = 0;
  std::optional<double> multiply_add_ns;  ///< its latency
  std::vector<row_result> rows;
  std::vector<family_result> families;
};

/// One comparison for each number of threads with runs of twinpath. `before` are runs of twinpath from
/// another time or commit, and may be empty.
[[nodiscard]] std::vector<comparison> compare_runs(const std::vector<run>& runs,
                                                   const std::vector<run>& before);

}  // namespace compare
