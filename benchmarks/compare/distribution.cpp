// SPDX-License-Identifier: MIT
#include "distribution.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace compare {
namespace {

using named_ratio = std::pair<double, std::string>;

distribution distribution_of(std::string peer, std::vector<named_ratio> ratios) {
  std::sort(ratios.begin(), ratios.end());
  distribution d;
  d.peer = std::move(peer);
  d.rows = ratios.size();
  double sum = 0;
  for (const auto& [ratio, row] : ratios) {
    sum += std::log(ratio);
    d.behind += ratio < distribution_bar;
  }
  d.mean = std::exp(sum / static_cast<double>(d.rows));
  d.tenth = ratios[(d.rows - 1) / 10].first;
  d.worst = ratios.front().first;
  d.worst_row = ratios.front().second;
  return d;
}

}  // namespace

std::vector<distribution> distributions(const std::vector<const row_result*>& rows,
                                        const std::vector<run>& libraries) {
  std::vector<distribution> all;
  const auto add = [&](const std::string& peer, const auto& speed) {
    std::vector<named_ratio> ratios;
    for (const row_result* r : rows) {
      if (const double other = speed(r->fastest); other > 0)
        ratios.emplace_back(r->fastest.gflops / other, r->row.name);
    }
    if (!ratios.empty()) all.push_back(distribution_of(peer, std::move(ratios)));
  };
  add("best peer", [](const speeds& s) { return s.best_peer(); });
  for (std::size_t i = 1; i < libraries.size(); ++i) {
    const std::string& name = libraries[i].library;
    add(name, [&](const speeds& s) {
      const auto it = s.peers.find(name);
      return it == s.peers.end() ? 0.0 : it->second;
    });
  }
  return all;
}

}  // namespace compare
