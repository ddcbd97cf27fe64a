// SPDX-License-Identifier: MIT
// Reads a folder of benchmark results and compares twinpath with its peers.
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
  CLI::App app("Compares benchmark results of twinpath and other libraries.");
  std::string folder, before_folder;
  report_options options;
  bool markdown = false, check = false;
  app.add_option("folder", folder, "Folder with the JSON files of the benchmark programs")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--before", before_folder, "Folder of an earlier run, tier or commit: show the changes")
      ->check(CLI::ExistingDirectory);
  app.add_flag("--markdown", markdown, "Tables in Markdown");
  app.add_flag("--families", options.only_families, "Only the summary of the families");
  app.add_flag("--all-peers", options.all_peers, "Show the speed of every library on every row");
  app.add_flag("--behind", options.only_behind, "Only rows in which twinpath is behind");
  app.add_flag(
         "--check", check,
         "Exit status 1 if a row has less than " + bench::fixed(bar, 2) + " of its speed in every round")
      ->needs("--before");
  app.add_flag("--cpu-time", options.cpu_time,
               "One thread: use the time for which it ran, for a machine that was busy");
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
