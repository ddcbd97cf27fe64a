// SPDX-License-Identifier: MIT
// Measures the matrix products of the one library that this executable is linked with.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "accuracy.hpp"
#include "adapter.hpp"
#include "machine.hpp"
#include "options.hpp"
#include "peak.hpp"
#include "suite.hpp"

namespace gemm_bench {
namespace {

constexpr int refused = 3;
constexpr int nothing_to_do = 4;

void add_context(const library& lib, const options& o) {
  benchmark::AddCustomContext("library", lib.name);
  benchmark::AddCustomContext("version", lib.version);
  benchmark::AddCustomContext("kernels", lib.kernels);
  benchmark::AddCustomContext("tier", name(lib.kernel_tier));
  benchmark::AddCustomContext("machine_tier", name(best_tier()));
  benchmark::AddCustomContext("cpu", cpu_name());
  benchmark::AddCustomContext("threads", std::to_string(o.threads));
  benchmark::AddCustomContext("round", std::to_string(o.round));
}

void initialize_benchmark(const char* program, const options& o) {
  // Google Benchmark keeps pointers to them.
  static std::vector<std::string> words{program, "--benchmark_enable_random_interleaving=true"};
  words.insert(words.end(), o.rest.begin(), o.rest.end());
  static std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(words.size());
  benchmark::Initialize(&argc, argv.data());
  if (benchmark::ReportUnrecognizedArguments(argc, argv.data())) std::exit(EXIT_FAILURE);
}

int run(int argc, char** argv) {
  const options o = parse_command_line(argc, argv);
  set_threads(o.threads);
  const library lib = describe_library();
  // A peer that did not recognise the processor runs at a fraction of its best.
  if (best_tier() == tier::avx512 && lib.kernel_tier != tier::avx512 && !lib.capped && !o.any_kernel) {
    std::fprintf(stderr, "%s %s does not run AVX-512 kernels on this machine, which has AVX-512: %s\n",
                 lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    return refused;
  }
  if (o.describe) {
    std::printf("%s %s: %s\n", lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    return EXIT_SUCCESS;
  }
  if (o.accuracy) {
    std::printf("%s %s: %s\n", lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    print_accuracy();
    return EXIT_SUCCESS;
  }
  add_context(lib, o);
  std::size_t rows = 0;
  for (const element type : o.types) {
    if (type == element::f64 && !has_double()) continue;
    const double peak = fma_peak(lib.kernel_tier, type, o.threads);
    benchmark::AddCustomContext(std::string("peak_") + name(type), std::to_string(peak));
    rows += register_rows(o, type, peak);
  }
  if (rows == 0) {
    std::fprintf(stderr, "%s has none of these rows\n", lib.name.c_str());
    return nothing_to_do;
  }
  initialize_benchmark(argv[0], o);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace gemm_bench

int main(int argc, char** argv) {
  try {
    return gemm_bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
