// SPDX-License-Identifier: MIT
#include "common/numbers.hpp"
#include "html.hpp"
#include "looks.hpp"
#include "sections.hpp"

namespace report {
namespace {

using compare::comparison;
using compare::row_result;

std::string card(const comparison& c, const row_result& r) {
  std::vector<bar> bars;
  for (const compare::run& library : c.libraries) {
    const auto peer = r.peers.find(library.library);
    const bool ours = &library == &c.libraries.front();
    if (!ours && peer == r.peers.end()) continue;
    const double gflops = ours ? r.gflops : peer->second;
    bars.push_back({library.library, look_of_library(library.library).name, gflops,
                    bench::time_text(r.row.flops / gflops * 1e-9)});
  }
  const std::string name = r.row.name.substr(r.row.name.rfind('/') + 1);
  const std::size_t colon = name.find(':');
  return bar_card(name.substr(colon + 1) + ", batch " + name.substr(0, colon),
                  bench::three_digits(r.gflops) + " GFLOP/s, " + bench::percent(r.peak_share) + " of peak" +
                      (r.ratio ? ", " + bench::fixed(r.ratio->median, 2) + " × best peer" : ""),
                  bars);
}

std::string of_suite(const results& all, const std::string& suite, const std::string& title,
                     const std::string& lead) {
  std::string text;
  for (const comparison& c : all.suite(suite)) {
    std::string cards;
    for (const row_result& r : c.rows) cards += card(c, r);
    text += "<h3>" + threads_text(c.threads) + "</h3>\n" + grid(cards);
  }
  return text.empty() ? "" : section(suite, title, lead, text);
}

}  // namespace

std::string networks(const results& all) {
  const std::string bars = " Bars are speeds, longer is faster; the number is the time.";
  return of_suite(all, "step", "Training steps",
                  "Forward, loss, both paths and update of a batch: layers from inputs to classes." + bars) +
         of_suite(all, "predict", "Predictions", "From the inputs of a batch to its probabilities." + bars);
}

}  // namespace report
