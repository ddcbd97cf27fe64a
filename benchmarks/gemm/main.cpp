// SPDX-License-Identifier: MIT
// Measures the matrix products of the library with which this executable is linked.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "accuracy.hpp"
#include "adapter.hpp"
#include "common/bandwidth.hpp"
#include "common/library.hpp"
#include "common/peak.hpp"
#include "options.hpp"
#include "suite.hpp"

namespace gemm_bench {
namespace {

void add_bandwidth(int threads) {
  const auto measure = [threads](const char* key, std::size_t bytes) {
    benchmark::AddCustomContext(key,
                                std::to_string(bench::read_bandwidth(bench::best_tier(), bytes, threads)));
  };
  measure("read_l2", bench::second_level_bytes(threads));
  measure("read_memory", bench::memory_bytes());
}

int run(int argc, char** argv) {
  const options o = parse_command_line(argc, argv);
  bench::set_threads(o.threads);
  const bench::library lib = bench::describe_library();
  if (!o.any_kernel && !bench::at_its_best(lib)) return bench::refused;
  if (o.describe) {
    std::printf("%s %s: %s\n", lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    return EXIT_SUCCESS;
  }
  if (o.accuracy) {
    std::printf("%s %s: %s\n", lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
    print_accuracy();
    return EXIT_SUCCESS;
  }
  bench::add_context(lib, o.threads, o.round);
  benchmark::AddCustomContext("multiply_add_ns", std::to_string(bench::multiply_add_ns(lib.kernel_tier)));
  benchmark::AddCustomContext("memory", o.memory_text);
  std::size_t rows = 0;
  for (const element type : o.types) {
    if (type == element::f64 && !has_double()) continue;
    const double peak = bench::fma_peak(lib.kernel_tier, type, o.threads);
    benchmark::AddCustomContext(std::string("peak_") + bench::name(type), std::to_string(peak));
    rows += register_rows(o, type, peak);
  }
  if (o.bandwidth) add_bandwidth(o.threads);
  if (rows == 0) {
    std::fprintf(stderr, "%s has none of these rows\n", lib.name.c_str());
    return bench::nothing_to_do;
  }
  bench::initialize_benchmark(argv[0], o.rest);
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
