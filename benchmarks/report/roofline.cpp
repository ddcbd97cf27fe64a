// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "chart.hpp"
#include "common/numbers.hpp"
#include "gemm/families.hpp"
#include "html.hpp"
#include "looks.hpp"
#include "sections.hpp"

namespace report {
namespace {

using compare::comparison;

// The part of a roof with the given GB/s that lies inside the chart.
guide slope(const chart& c, double speed, double peak, const std::string& name) {
  const double from = std::max(c.x.least, c.y.least / speed), to = std::min(c.x.most, peak / speed);
  return {from, from * speed, to, to * speed, name + ' ' + bench::three_digits(speed) + " GB/s"};
}

std::string draw(const comparison& c, double peak, const std::map<std::string, double>& read) {
  std::map<std::string, series> families;
  double least_x = 1, most_x = 100, least_y = peak / 100;
  const std::vector<gemm_bench::row> rows = gemm_bench::all_rows(bench::element::f32);
  for (const gemm_bench::row& r : rows) {
    const std::string name = r.name();
    for (const compare::row_result& m : c.rows) {
      if (m.row.name != name) continue;
      const double intensity = r.flops() / r.bytes();
      const look l = look_of_family(r.family);
      series& s = families.try_emplace(r.family, series{l.name, l.marker, false, {}}).first->second;
      s.points.push_back({intensity, m.gflops,
                          name + ": " + bench::three_digits(m.gflops) + " GFLOP/s, " +
                              bench::three_digits(intensity) + " FLOP/byte"});
      least_x = std::min(least_x, intensity);
      most_x = std::max(most_x, intensity);
      least_y = std::min(least_y, m.gflops);
    }
  }
  if (families.empty()) return "";
  chart picture;
  picture.title = threads_text(c.threads);
  picture.x = log_axis("FLOP/byte, each operand once", least_x / 1.3, most_x * 1.3, 10);
  picture.y = log_axis("GFLOP/s", least_y / 1.3, peak * 1.8, 10);
  const auto ridge = read.find("memory");
  const double begin =
      ridge == read.end() ? picture.x.least : std::max(picture.x.least, peak / ridge->second / 8);
  picture.guides.push_back(
      {begin, peak, picture.x.most, peak, "FMA peak " + bench::fixed(peak, 0) + " GFLOP/s"});
  for (const auto& [place, speed] : read)
    picture.guides.push_back(slope(picture, speed, peak, place == "l2" ? "L2" : place));
  for (const auto& entry : families) picture.lines.push_back(entry.second);
  return figure(picture);
}

}  // namespace

std::string roofline(const results& all) {
  std::string figures;
  bool roofs = true;
  std::vector<std::string> families;
  for (const comparison& c : all.suite("gemm")) {
    const auto peak = c.peak.find("f32");
    if (peak == c.peak.end()) continue;
    const auto read = all.read.find(c.threads);
    roofs = roofs && read != all.read.end();
    figures += draw(c, peak->second, read == all.read.end() ? std::map<std::string, double>{} : read->second);
  }
  if (figures.empty()) return "";
  for (const char* family : gemm_bench::families) {
    const auto& rows = all.suite("gemm").front().rows;
    if (std::any_of(rows.begin(), rows.end(), [&](const auto& r) { return r.row.family == family; }))
      families.emplace_back(family);
  }
  return section(
      "roofline", "Roofline",
      std::string(
          "The products of twinpath in f32. Rows are repeated, so operands that fit a cache stay there: "
          "only large ones must stay below the roof of memory.") +
          (roofs ? "" : " These results have no measured bandwidth."),
      legend_of_families(families) + grid(figures));
}

}  // namespace report
