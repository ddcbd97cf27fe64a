// SPDX-License-Identifier: MIT
#include "common/numbers.hpp"
#include "html.hpp"
#include "sections.hpp"

namespace report {
namespace {

using compare::comparison;
using compare::row_result;

std::string table_of(const comparison& c) {
  std::vector<std::string> titles{"row", "time", "twinpath"};
  for (std::size_t i = 1; i < c.libraries.size(); ++i) titles.push_back(c.libraries[i].library);
  for (const char* title : {"ratio", "min..max", "of peak"}) titles.emplace_back(title);
  html_table t(titles);
  for (const row_result& r : c.rows) {
    std::vector<std::string> cells{r.row.name + (r.row.excepted ? " *" : ""), bench::time_text(r.seconds),
                                   bench::three_digits(r.gflops)};
    for (std::size_t i = 1; i < c.libraries.size(); ++i) {
      const auto peer = r.peers.find(c.libraries[i].library);
      cells.push_back(peer == r.peers.end() ? "-" : bench::three_digits(peer->second));
    }
    cells.push_back(r.ratio ? bench::fixed(r.ratio->median, 2) : "-");
    cells.push_back(r.ratio ? bench::fixed(r.ratio->least, 2) + ".." + bench::fixed(r.ratio->most, 2) : "-");
    cells.push_back(bench::percent(r.peak_share));
    t.add(cells);
  }
  return t.text();
}

}  // namespace

std::string tables(const results& all) {
  std::string text;
  for (const char* suite : {"gemm", "step", "predict"}) {
    for (const comparison& c : all.suite(suite)) {
      text +=
          details(std::string(suite) + ", " + threads_text(c.threads) + ", " + std::to_string(c.rows.size()) +
                      " rows, " + std::to_string(c.rounds) + (c.rounds == 1 ? " round" : " rounds"),
                  table_of(c));
    }
  }
  if (text.empty()) return "";
  return section(
      "tables", "All rows",
      "Time of twinpath; GFLOP/s of each library; ratio: speed of twinpath over the best peer, the median "
      "of the rounds and the range.",
      text);
}

}  // namespace report
