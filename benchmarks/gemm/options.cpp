// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace gemm_bench {

options parse_command_line(int argc, char** argv) {
  CLI::App app(
      "Matrix products of one library. Unknown options are passed to Google Benchmark, such as\n"
      "--benchmark_filter=REGEX and --benchmark_out=FILE.");
  options o;
  o.min_time = 0.007;
  o.repetitions = 3;
  std::vector<std::string> types{"f32"};
  app.allow_extras();
  app.add_option("--threads", o.threads, "Threads of the library")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_option("--round", o.round, "Number of the round, for twinpath-compare")->capture_default_str();
  app.add_option("--family", o.families, "Families of products, all by default")
      ->delimiter(',')
      ->check(CLI::IsMember(std::vector<std::string>(families.begin(), families.end())));
  app.add_option("--filter", o.filter, "Only rows whose name matches this regular expression");
  app.add_option("--type", types, "f32, f64 or both")
      ->capture_default_str()
      ->delimiter(',')
      ->check(CLI::IsMember({"f32", "f64"}));
  app.add_option("--min-time", o.min_time, "Minimum seconds of a repetition")->capture_default_str();
  app.add_option("--repetitions", o.repetitions, "Repetitions of each row, spread over the run")
      ->capture_default_str();
  app.add_flag("--any-kernel", o.any_kernel,
               "Also measure a library whose kernels are below the machine's best ones");
  app.add_flag("--bandwidth", o.bandwidth, "Also measure the bandwidth of memory and L2 caches");
  app.add_flag("--describe", o.describe, "Print the library and its kernels, and exit");
  app.add_flag("--accuracy", o.accuracy,
               "Print errors against long double and the cost of subnormals, and exit");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e));
  }
  for (const std::string& type : types) o.types.push_back(type == "f64" ? element::f64 : element::f32);
  o.rest = app.remaining();
  return o;
}

}  // namespace gemm_bench
