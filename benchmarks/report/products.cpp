// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>

#include "chart.hpp"
#include "common/numbers.hpp"
#include "gemm/families.hpp"
#include "html.hpp"
#include "looks.hpp"
#include "sections.hpp"

namespace report {
namespace {

using compare::comparison;
using compare::row_result;
using gemm_bench::layout;
using gemm_bench::row;

/// The rows of a line and the quantity on the x axis.
struct line_of_rows {
  std::string title, axis;
  double least = 0, most = 0;
  std::vector<std::pair<double, const row_result*>> rows;
};

using selection = std::function<double(const row&)>;  // the position on the x axis; 0 to leave a row out

line_of_rows select(const comparison& c, bench::element type, std::string title, std::string axis,
                    const selection& place) {
  line_of_rows result{std::move(title), std::move(axis), 1e300, 0, {}};
  for (const row& r : gemm_bench::all_rows(type)) {
    const double x = place(r);
    if (x == 0) continue;
    const std::string name = r.name();
    const auto it =
        std::find_if(c.rows.begin(), c.rows.end(), [&](const row_result& m) { return m.row.name == name; });
    if (it == c.rows.end()) continue;
    result.rows.emplace_back(x, &*it);
    result.least = std::min(result.least, x);
    result.most = std::max(result.most, x);
  }
  std::sort(result.rows.begin(), result.rows.end());
  return result;
}

std::vector<std::string> names(const comparison& c) {
  std::vector<std::string> result;
  for (const compare::run& r : c.libraries) result.push_back(r.library);
  return result;
}

std::string draw(const comparison& c, bench::element type, const line_of_rows& selected) {
  if (selected.rows.empty()) return "";
  const auto peak = c.peak.find(bench::name(type));
  double most = peak == c.peak.end() ? 0 : peak->second;
  chart picture;
  picture.title = selected.title;
  const std::vector<std::string> libraries = names(c);
  // twinpath is drawn last, on top.
  for (auto it = libraries.rbegin(); it != libraries.rend(); ++it) {
    const look l = look_of_library(*it);
    series s{l.name, l.marker, true, {}};
    for (const auto& [x, r] : selected.rows) {
      const auto peer = r->peers.find(*it);
      if (it + 1 != libraries.rend() && peer == r->peers.end()) continue;
      const double y = peer == r->peers.end() ? r->gflops : peer->second;
      s.points.push_back({x, y, *it + ", " + r->row.name + ": " + bench::three_digits(y) + " GFLOP/s"});
      most = std::max(most, y);
    }
    picture.lines.push_back(std::move(s));
  }
  // A margin at both ends, also for a single row.
  picture.x = log_axis(selected.axis, selected.least / 1.2, selected.most * 1.2,
                       selected.most > 64 * selected.least ? 4 : 2);
  picture.y = linear_axis("GFLOP/s", most * 1.14);
  if (peak != c.peak.end()) {
    picture.guides.push_back({picture.x.least, peak->second, picture.x.most, peak->second,
                              "FMA peak " + bench::fixed(peak->second, 0) + " GFLOP/s"});
  }
  return figure(picture);
}

std::string squares(const comparison& c, bench::element type) {
  std::string figures;
  for (const layout how : gemm_bench::every_layout) {
    figures += draw(
        c, type,
        select(c, type, std::string("squares, ") + gemm_bench::name(how), "m = n = k", [how](const row& r) {
          // Large odd sizes next to an even one would look like an error in the line; the table has them.
          const bool cube =
              r.family != "layer" && r.m == r.n && r.n == r.k && r.leading == 0 && (r.m < 32 || r.m % 2 == 0);
          return r.how == how && cube ? static_cast<double>(r.m) : 0.0;
        }));
  }
  return figures;
}

// Forward, dW and dA of a layer over the batch.
std::string layer(const comparison& c, bench::element type, gemm_bench::tables::layer l) {
  const auto in = static_cast<std::size_t>(l.in), out = static_cast<std::size_t>(l.out);
  const std::string name = std::to_string(in) + " to " + std::to_string(out);
  const auto is_layer = [](const row& r) { return r.family == "layer"; };
  return draw(c, type,
              select(c, type, name + ", NN: forward", "batch",
                     [=](const row& r) {
                       const bool here = is_layer(r) && r.how == layout::NN && r.k == in && r.n == out;
                       return here ? static_cast<double>(r.m) : 0.0;
                     })) +
         draw(c, type,
              select(c, type, name + ", TN: dW", "batch",
                     [=](const row& r) {
                       const bool here = is_layer(r) && r.how == layout::TN && r.m == in && r.n == out;
                       return here ? static_cast<double>(r.k) : 0.0;
                     })) +
         draw(c, type, select(c, type, name + ", NT: dA", "batch", [=](const row& r) {
                const bool here = is_layer(r) && r.how == layout::NT && r.k == out && r.n == in;
                return here ? static_cast<double>(r.m) : 0.0;
              }));
}

}  // namespace

std::string products(const results& all) {
  std::string text;
  for (const comparison& c : all.suite("gemm")) {
    for (const auto type : {bench::element::f32, bench::element::f64}) {
      std::string content = grid(squares(c, type)), more;
      bool first = true;
      for (const gemm_bench::tables::layer l : gemm_bench::tables::layers) {
        const std::string figures = layer(c, type, l);
        if (figures.empty()) continue;
        (first ? content : more) += grid(figures);
        first = false;
      }
      if (content == grid("")) continue;
      text += "<h3>" + threads_text(c.threads) + ", " + bench::name(type) + "</h3>\n" +
              legend_of_libraries(names(c)) + content +
              (more.empty() ? "" : details("More layers, " + threads_text(c.threads), more));
    }
  }
  if (text.empty()) return "";
  return section(
      "products", "Matrix products",
      "NN is A·B, TN is Aᵀ·B, NT is A·Bᵀ. Medians of the rounds; each library has a process of its "
      "own. Point at a marker to see its numbers.",
      text);
}

}  // namespace report
