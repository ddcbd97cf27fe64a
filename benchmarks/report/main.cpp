// SPDX-License-Identifier: MIT
// Makes a page of charts from a folder of benchmark results.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

#include "collect.hpp"
#include "common/output_file.hpp"
#include "page.hpp"

namespace report {
namespace {

int run_program(int argc, char** argv) {
  CLI::App app("Makes a page of charts from benchmark results.");
  std::string folder, file;
  bool quiet = false;
  app.add_option("folder", folder,
                 "Folder with JSON files of the suites gemm, step, predict,\n"
                 "two_paths and elementary, in it or in sub-folders")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("-o,--out", file, "The page (default: report.html in the folder)");
  app.add_flag("--quiet", quiet, "Do not print the path of the page");
  CLI11_PARSE(app, argc, argv);

  if (file.empty()) file = (std::filesystem::path(folder) / "report.html").string();
  bench::write_file(file, page(collect(folder)));
  if (!quiet) std::printf("%s\n", file.c_str());
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace report

int main(int argc, char** argv) {
  try {
    return report::run_program(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
