// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>

#include "common/command_line.hpp"
#include "common/random_option.hpp"
#include "shapes.hpp"

namespace gemm_bench {
namespace {

void add_shape(options& o, const std::string& text) {
  const bool is_shape = parse_shape(text, element::f32).has_value();
  if (is_shape) {
    o.shapes.push_back(text);
  } else if (std::filesystem::is_regular_file(text)) {
    try {
      const std::vector<std::string> shapes = read_shapes(text);
      o.shapes.insert(o.shapes.end(), shapes.begin(), shapes.end());
    } catch (const std::runtime_error& e) {
      throw CLI::ValidationError("--shape", e.what());
    }
  } else {
    bench::refuse("--shape", text,
                  "layout:MxNxK such as NT:315x17x4 with layout NN, TN or NT, or a file of such lines");
  }
}

memory_choice parse_memory(const std::string& text) {
  const std::string expectation = "vector, aligned or offset:N with a multiple of 8 below 4096, in bytes";
  if (text == "vector") return {memory_choice::kind::vector};
  if (text == "aligned") return {memory_choice::kind::aligned};
  const std::string prefix = "offset:";
  if (!text.starts_with(prefix)) bench::refuse("--memory", text, expectation);
  memory_choice memory{memory_choice::kind::offset};
  memory.bytes =
      bench::parse_number<std::size_t>("--memory", text.substr(prefix.size()), 0, page - 1, expectation);
  if (memory.bytes % sizeof(double) != 0) bench::refuse("--memory", text, expectation);
  return memory;
}

}  // namespace

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
  std::vector<std::string> shapes;
  std::string random;
  app.add_option("--shape", shapes,
                 "Instead of the families: a product layout:MxNxK such as\n"
                 "NT:315x17x4, or a file with one a line; repeatable");
  app.add_option("--random", random,
                 "SEED:COUNT: random products instead of the families, each\n"
                 "dimension log-uniform in 1 ... 2048, at most 4 GFLOP");
  app.add_option("--memory", o.memory_text,
                 "Where operands begin: vector (as in a std::vector),\n"
                 "aligned (at cache lines), offset:N (N bytes behind them)")
      ->capture_default_str();
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
    o.memory = parse_memory(o.memory_text);
    for (const std::string& text : shapes) add_shape(o, text);
    if (!random.empty()) {
      const auto [seed, count] = bench::parse_random(random);
      const std::vector<std::string> drawn = random_shapes(seed, count);
      o.shapes.insert(o.shapes.end(), drawn.begin(), drawn.end());
    }
    if (!o.shapes.empty() && !o.families.empty())
      throw CLI::ValidationError("--family", "excludes --shape and --random");
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e));
  }
  for (const std::string& type : types) o.types.push_back(type == "f64" ? element::f64 : element::f32);
  o.rest = app.remaining();
  return o;
}

}  // namespace gemm_bench
