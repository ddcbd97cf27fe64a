// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>

#include "common/numbers.hpp"
#include "html.hpp"
#include "sections.hpp"

namespace report {
namespace {

using cell = two_paths_results::cell;

// The same margin as in twinpath-two-paths.
bool misses(const cell& c) {
  return c.automatic > 1.05 * std::min(c.sequential, c.concurrent) + 1e-6;
}

std::string layer_name(const cell& c) {
  return std::to_string(c.inputs) + "×" + std::to_string(c.outputs);
}

// The colour is full if one order is 1.5 times as fast as the other.
std::string map_cell(const cell& c) {
  const bool concurrent = c.concurrent < c.sequential;
  const double gain = std::max(c.concurrent, c.sequential) / std::min(c.concurrent, c.sequential);
  const double depth = std::clamp((gain - 1) / 0.5, 0.0, 1.0);
  const std::string tip = layer_name(c) + ", batch " + std::to_string(c.batch) + ": one after the other " +
                          bench::time_text(c.sequential) + ", side by side " +
                          bench::time_text(c.concurrent) + ", automatic " + bench::time_text(c.automatic) +
                          ", overlap " + bench::percent(c.overlap);
  // A ratio that is printed as 1.00 counts as equal.
  const char* sign = gain < 1.005 ? "=" : concurrent ? "∥" : "→";
  return std::string("<td class=\"") + (concurrent ? "side" : "after") +
         "\" style=\"--depth:" + bench::fixed(100 * depth, 0) + "%\" title=\"" + escaped(tip) + "\">" + sign +
         ' ' + bench::fixed(gain, 2) + (misses(c) ? " <b>!</b>" : "") + "</td>";
}

}  // namespace

std::string two_paths_map(const results& all) {
  if (!all.two_paths || all.two_paths->cells.empty()) return "";
  const two_paths_results& measured = *all.two_paths;
  std::set<std::size_t> batches;
  std::vector<std::string> layers;
  std::size_t wins = 0, missed = 0;
  for (const cell& c : measured.cells) {
    batches.insert(c.batch);
    if (layers.empty() || layers.back() != layer_name(c)) layers.push_back(layer_name(c));
    wins += c.concurrent < c.sequential;
    missed += misses(c);
  }
  std::string text = "<div class=\"scroll\"><table class=\"map\"><thead><tr><th scope=\"col\">layer</th>";
  for (const std::size_t batch : batches)
    text += "<th scope=\"col\">batch " + std::to_string(batch) + "</th>";
  text += "</tr></thead>\n<tbody>\n";
  for (const std::string& layer : layers) {
    text += "<tr><th scope=\"row\">" + layer + "</th>";
    for (const std::size_t batch : batches) {
      const auto it = std::find_if(measured.cells.begin(), measured.cells.end(),
                                   [&](const cell& c) { return c.batch == batch && layer_name(c) == layer; });
      text += it == measured.cells.end() ? "<td></td>" : map_cell(*it);
    }
    text += "</tr>\n";
  }
  text += "</tbody></table></div>\n<p>Side by side is faster in " + std::to_string(wins) + " of " +
          std::to_string(measured.cells.size()) +
          " cells; the automatic schedule is slower than the better one in " + std::to_string(missed) +
          ".</p>\n";
  return section(
      "two-paths", "The two paths of a layer",
      "dW and dZ on " + threads_text(measured.threads) +
          ": <span class=\"key side\">∥ side by side wins</span> <span class=\"key after\">→ one after "
          "the other wins</span>, with the ratio of the times. <b>!</b>: the automatic schedule "
          "is slower than the better one by more than 5 % and 1 µs.",
      text);
}

}  // namespace report
