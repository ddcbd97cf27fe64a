// SPDX-License-Identifier: MIT
// Reads what the benchmark programs wrote into a folder and shows where twinpath stands.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/numbers.hpp"
#include "comparison.hpp"
#include "report.hpp"
#include "results.hpp"

namespace compare {
namespace {

bool any_row_is_behind_before(const std::vector<comparison>& all) {
  return std::any_of(all.begin(), all.end(), [](const comparison& c) {
    return std::any_of(c.rows.begin(), c.rows.end(),
                       [](const row_result& r) { return r.before && r.before->behind(); });
  });
}

int run_program(int argc, char** argv) {
  CLI::App app("Compares what the benchmark programs of twinpath and of other libraries measured.");
  std::string folder, before_folder;
  report_options options;
  bool markdown = false, check = false;
  app.add_option("folder", folder, "Folder with the JSON files of the benchmark programs")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--before", before_folder,
                 "Folder of an earlier run, or of another tier or commit: what changed")
      ->check(CLI::ExistingDirectory);
  app.add_flag("--markdown", markdown, "Tables in Markdown");
  app.add_flag("--families", options.only_families, "Only the summary of the families");
  app.add_flag("--all-peers", options.all_peers, "The speed of every library on every row");
  app.add_flag("--behind", options.only_behind, "Only rows that are behind");
  app.add_flag("--check", check,
               "Exit status 1 when a row has below " + bench::fixed(bar, 2) + " of its speed in every round")
      ->needs("--before");
  app.add_flag("--cpu-time", options.cpu_time,
               "One thread: by the time that it ran, where the machine was not quiet");
  CLI11_PARSE(app, argc, argv);

  if (markdown) options.how = style::markdown;
  const time_source source = options.cpu_time ? time_source::cpu : time_source::wall;
  const std::vector<run> before =
      before_folder.empty() ? std::vector<run>{} : read_folder(before_folder, source);
  const std::vector<comparison> all = compare_runs(read_folder(folder, source), before);
  if (all.empty()) throw std::runtime_error(folder + ": no run of twinpath");
  print_report(std::cout, all, read_left_out(folder), options);
  return check && any_row_is_behind_before(all) ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace compare

int main(int argc, char** argv) {
  try {
    return compare::run_program(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
