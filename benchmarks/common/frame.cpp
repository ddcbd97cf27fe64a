// SPDX-License-Identifier: MIT
#include "common/frame.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <regex>

#include "common/library.hpp"
#include "common/network_options.hpp"
#include "common/peak.hpp"

namespace bench {
namespace {

struct options {
  int threads = 1;
  int round = 1;
  std::string filter;
  double min_time = 0.1;
  int repetitions = 3;
  bool any_kernel = false;
  bool describe = false;
  std::vector<network> networks;  ///< empty: the usual ones
  std::vector<std::string> rest;
};

options parse_command_line(int argc, char** argv, const char* description) {
  CLI::App app(std::string(description) + " Unknown options are passed to Google Benchmark.");
  options o;
  app.allow_extras();
  app.add_option("--threads", o.threads, "Threads of the library")->capture_default_str();
  app.add_option("--round", o.round, "Number of the round, for twinpath-compare")->capture_default_str();
  const network_options networks(app);
  app.add_option("--filter", o.filter, "Only rows whose name matches this regular expression");
  app.add_option("--min-time", o.min_time, "Minimum seconds of a repetition")->capture_default_str();
  app.add_option("--repetitions", o.repetitions, "Repetitions of each row")->capture_default_str();
  app.add_flag("--any-kernel", o.any_kernel,
               "Also measure a library whose kernels are below the machine's best ones");
  app.add_flag("--describe", o.describe, "Print the library and its kernels, and exit");
  try {
    app.parse(argc, argv);
    o.networks = networks.chosen();
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e));
  }
  o.rest = app.remaining();
  return o;
}

int run(int argc, char** argv, const char* description, const std::vector<network>& usual,
        const std::function<measured_row(const network&)>& row_of) {
  const options o = parse_command_line(argc, argv, description);
  set_threads(o.threads);
  const library lib = describe_library();
  if (!o.any_kernel && !at_its_best(lib)) return refused;
  if (o.describe) {
    std::printf("%s %s: %s\n", lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    return EXIT_SUCCESS;
  }
  add_context(lib, o.threads, o.round);
  const double peak = fma_peak(lib.kernel_tier, element::f32, o.threads);
  benchmark::AddCustomContext("peak_f32", std::to_string(peak));
  std::size_t registered = 0;
  const std::regex filter(o.filter);
  for (const network& n : o.networks.empty() ? usual : o.networks) {
    const measured_row row = row_of(n);
    if (!std::regex_search(row.name, filter)) continue;
    benchmark::RegisterBenchmark(row.name.c_str(),
                                 [run = row.run, peak](benchmark::State& s) { run(s, peak); })
        ->UseRealTime()
        ->MinTime(o.min_time)
        ->Repetitions(o.repetitions)
        ->Unit(benchmark::kMicrosecond);
    ++registered;
  }
  if (registered == 0) return nothing_to_do;
  initialize_benchmark(argv[0], o.rest);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}

}  // namespace

int run_frame(int argc, char** argv, const char* description, const std::vector<network>& usual,
              const std::function<measured_row(const network&)>& row_of) {
  try {
    return run(argc, argv, description, usual, row_of);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return EXIT_FAILURE;
  }
}

}  // namespace bench
