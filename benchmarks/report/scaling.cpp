// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>

#include "chart.hpp"
#include "common/numbers.hpp"
#include "html.hpp"
#include "looks.hpp"
#include "sections.hpp"

namespace report {
namespace {

using compare::comparison;
using compare::row_result;

constexpr const char* ours = "twinpath";
constexpr const char* suites[] = {"gemm", "step", "predict"};

double speed(const row_result& r, const std::string& library) {
  if (library == ours) return r.gflops;
  const auto it = r.peers.find(library);
  return it == r.peers.end() ? 0 : it->second;
}

/// All suites with one thread and with another number of threads.
struct gains {
  std::map<std::string, series> of_rows;                                          ///< by family, of twinpath
  std::map<std::string, std::map<std::string, std::vector<double>>> of_families;  ///< by family and library
  std::vector<std::string> libraries;
  double least_work = 1e300, most_work = 0, most = 2;

  void add(const comparison& one, const comparison& many) {
    for (const compare::run& r : many.libraries) {
      if (std::find(libraries.begin(), libraries.end(), r.library) == libraries.end())
        libraries.push_back(r.library);
    }
    for (const row_result& r : many.rows) {
      const auto before = std::find_if(one.rows.begin(), one.rows.end(),
                                       [&](const row_result& o) { return o.row.name == r.row.name; });
      if (before == one.rows.end()) continue;
      for (const std::string& library : libraries) {
        const double from = speed(*before, library), to = speed(r, library);
        if (from > 0 && to > 0) of_families[r.row.family][library].push_back(to / from);
      }
      const double gain = r.gflops / before->gflops, work = r.row.flops * 1e-6;
      const look l = look_of_family(r.row.family);
      of_rows.try_emplace(r.row.family, series{l.name, l.marker, false, {}})
          .first->second.points.push_back({work, gain,
                                           r.row.name + ": " + bench::fixed(gain, 2) + " times as fast, " +
                                               bench::three_digits(before->gflops) + " to " +
                                               bench::three_digits(r.gflops) + " GFLOP/s"});
      least_work = std::min(least_work, work);
      most_work = std::max(most_work, work);
      most = std::max(most, gain);
    }
  }
};

std::string geometric_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return values.empty() ? "-" : bench::fixed(std::exp(sum / static_cast<double>(values.size())), 2);
}

std::string draw(const gains& g, int threads) {
  std::vector<std::string> families;
  chart picture;
  picture.title = "twinpath, row by row";
  picture.x = log_axis("MFLOP of a row", g.least_work / 1.5, g.most_work * 1.5, 100);
  picture.y = linear_axis("times as fast as one thread", std::max(g.most, threads * 1.0) * 1.08);
  for (const int level : {1, threads}) {
    picture.guides.push_back({picture.x.least, level * 1.0, picture.x.most, level * 1.0,
                              level == 1 ? "no gain" : "all of " + threads_text(threads)});
  }
  for (const std::string& family : compare::known_families()) {
    const auto it = g.of_rows.find(family);
    if (it == g.of_rows.end()) continue;
    families.push_back(family);
    picture.lines.push_back(it->second);
  }
  std::vector<std::string> titles{"family"};
  titles.insert(titles.end(), g.libraries.begin(), g.libraries.end());
  html_table t(titles);
  for (const std::string& family : families) {
    std::vector<std::string> cells{family};
    const auto& of_libraries = g.of_families.at(family);
    for (const std::string& library : g.libraries) {
      const auto it = of_libraries.find(library);
      cells.push_back(it == of_libraries.end() ? "-" : geometric_mean(it->second));
    }
    t.add(cells);
  }
  return "<h3>From 1 to " + threads_text(threads) + "</h3>\n" + legend_of_families(families) +
         "<div class=\"beside\">" + figure(picture) + t.text() + "</div>\n";
}

}  // namespace

std::string scaling(const results& all) {
  std::map<int, gains> by_threads;
  for (const char* suite : suites) {
    const std::vector<comparison>& of_suite = all.suite(suite);
    if (of_suite.empty() || of_suite.front().threads != 1) continue;
    for (const comparison& c : of_suite) {
      if (c.threads != 1) by_threads[c.threads].add(of_suite.front(), c);
    }
  }
  std::string text;
  for (const auto& [threads, g] : by_threads) {
    if (!g.of_rows.empty()) text += draw(g, threads);
  }
  if (text.empty()) return "";
  return section(
      "scaling", "Threads",
      "The speed of a row over that on one thread; the table has the geometric mean of each family.", text);
}

}  // namespace report
