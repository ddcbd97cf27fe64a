// SPDX-License-Identifier: MIT
// Layers for which the two backward paths are faster as sibling tasks than in sequence, and the choice of the
// automatic schedule.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "common/commit.hpp"
#include "common/library.hpp"
#include "common/network_options.hpp"
#include "common/numbers.hpp"
#include "common/output_file.hpp"
#include "common/peak.hpp"
#include "common/table.hpp"
#include "measure.hpp"

namespace two_paths {
namespace {

using bench::fixed;
using bench::percent;
using bench::time_text;

std::vector<layer_shape> shapes(bool quick) {
  std::vector<layer_shape> all;
  for (const auto& [inputs, outputs] : {std::pair<std::size_t, std::size_t>{64, 32},
                                        {64, 64},
                                        {128, 10},
                                        {128, 128},
                                        {256, 256},
                                        {512, 512},
                                        {784, 128},
                                        {1024, 1024}}) {
    for (const std::size_t batch : {16u, 64u, 256u, 1024u, 4096u}) {
      // One call of the largest layer takes as long as all others together.
      if (!quick || batch * inputs * outputs <= (std::size_t{1} << 28))
        all.push_back({batch, inputs, outputs});
    }
  }
  return all;
}

/// Each layer of each network.
std::vector<layer_shape> layers_of(const std::vector<bench::network>& networks) {
  std::vector<layer_shape> all;
  for (const bench::network& n : networks) {
    for (std::size_t l = 1; l < n.widths.size(); ++l) all.push_back({n.batch, n.widths[l - 1], n.widths[l]});
  }
  return all;
}

std::string date() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::localtime(&now));
  return text;
}

int run(int argc, char** argv) {
  CLI::App app("The two backward paths of one layer (dW and db, dZ) under each schedule.");
  int threads = 2;
  bool quick = false, quiet = false;
  std::string file;
  app.add_option("--threads", threads, "Threads to use")->capture_default_str()->check(CLI::Range(1, 1024));
  const bench::network_options networks(app);
  app.add_option("--json", file, "Also write the results to this file");
  app.add_flag("--quick", quick, "Rough results in a few seconds");
  app.add_flag("--quiet", quiet, "No progress");
  std::vector<layer_shape> all;
  try {
    app.parse(argc, argv);
    all = layers_of(networks.chosen());
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  if (all.empty()) all = shapes(quick);
  if (!file.empty()) bench::require_writable(file);

  bench::set_threads(threads);
  const bench::library lib = bench::describe_library();
  const double peak = bench::fma_peak(lib.kernel_tier, bench::element::f32, threads);
  std::cout << bench::wrapped(bench::cpu_name() + ", " + bench::name(lib.kernel_tier) + ", " +
                              std::to_string(threads) + " threads, FMA peak " + fixed(peak, 0) +
                              " GFLOP/s f32, commit " + bench::commit())
            << "\n\n";
  bench::table table(
      {"layer", "batch", "sequential", "concurrent", "gain", "overlap", "automatic", "to best", "", "peak"});
  nlohmann::json rows = nlohmann::json::array();
  std::size_t worse = 0, wins = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const layer_shape& s = all[i];
    if (!quiet) std::fprintf(stderr, "\r%zu of %zu layers", i, all.size());
    const result r = measure(s, quick ? 0.05 : 1.0);
    const double best = std::min(r.sequential, r.concurrent);
    const bool late = r.automatic > 1.05 * best + 1e-6;
    worse += late ? 1 : 0;
    wins += r.concurrent < r.sequential ? 1 : 0;
    table.add({std::to_string(s.inputs) + "x" + std::to_string(s.outputs), std::to_string(s.batch),
               time_text(r.sequential), time_text(r.concurrent), fixed(r.sequential / r.concurrent, 2),
               percent(r.overlap), time_text(r.automatic), fixed(best / r.automatic, 2), late ? "<" : "",
               percent(1e-9 * s.flops() / r.automatic / peak)});
    rows.push_back({{"batch", s.batch},
                    {"inputs", s.inputs},
                    {"outputs", s.outputs},
                    {"sequential_s", r.sequential},
                    {"concurrent_s", r.concurrent},
                    {"automatic_s", r.automatic},
                    {"overlap", r.overlap}});
  }
  if (!quiet) std::fprintf(stderr, "\r%*s\r", 40, "");
  table.print(std::cout, bench::style::text);
  std::cout << '\n'
            << bench::wrapped(
                   "gain: time of sequential over concurrent; overlap: of dW and dZ when concurrent; to "
                   "best: time of "
                   "the better of the two over automatic, < if automatic is slower by more than 5 % and 1 "
                   "µs; peak: "
                   "of automatic.")
            << '\n'
            << "Concurrent is faster on " << wins << " of " << all.size()
            << " rows; automatic is slower than the better one on " << worse << ".\n";
  if (file.empty()) return EXIT_SUCCESS;
  const nlohmann::json result = {{"cpu", bench::cpu_name()},
                                 {"version", lib.version},
                                 {"tier", bench::name(lib.kernel_tier)},
                                 {"commit", bench::commit()},
                                 {"date", date()},
                                 {"threads", threads},
                                 {"peak_f32", peak},
                                 {"rows", rows}};
  bench::write_file(file, result.dump(1) + '\n');
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace two_paths

int main(int argc, char** argv) {
  try {
    return two_paths::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
