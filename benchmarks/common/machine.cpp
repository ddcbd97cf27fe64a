// SPDX-License-Identifier: MIT
#include "machine.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "commit.hpp"
#include "round_trip.hpp"

namespace bench {

const char* name(tier t) {
  switch (t) {
    case tier::neon:
      return "neon";
    case tier::avx2:
      return "avx2";
    case tier::avx512:
      return "avx512";
    case tier::baseline:
      break;
  }
  return "baseline";
}

tier best_tier() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return tier::baseline;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
  return avx512 ? tier::avx512 : tier::avx2;
#elif defined(__aarch64__)
  return tier::neon;
#else
  return tier::baseline;
#endif
}

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (!std::string_view(line).starts_with("model name")) continue;
    const std::size_t begin = line.find_first_not_of(": \t", line.find(':'));
    if (begin != std::string::npos) return line.substr(begin);
  }
  return "unknown processor";
}

bool at_its_best(const library& lib) {
  if (best_tier() != tier::avx512 || lib.kernel_tier == tier::avx512 || lib.capped) return true;
  std::fprintf(stderr, "%s %s does not run AVX-512 kernels on this machine, which has AVX-512: %s\n",
               lib.name.c_str(), lib.version.c_str(), lib.kernels.c_str());
  return false;
}

void add_context(const library& lib, int threads, int round) {
  benchmark::AddCustomContext("library", lib.name);
  benchmark::AddCustomContext("version", lib.version);
  benchmark::AddCustomContext("kernels", lib.kernels);
  benchmark::AddCustomContext("tier", name(lib.kernel_tier));
  benchmark::AddCustomContext("machine_tier", name(best_tier()));
  benchmark::AddCustomContext("cpu", cpu_name());
  benchmark::AddCustomContext("commit", commit());
  benchmark::AddCustomContext("threads", std::to_string(threads));
  benchmark::AddCustomContext("round", std::to_string(round));
  if (threads > 1) benchmark::AddCustomContext("core_round_trip_ns", std::to_string(core_round_trip_ns()));
}

void initialize_benchmark(const char* program, const std::vector<std::string>& arguments) {
  // Google Benchmark keeps pointers to them.
  static std::vector<std::string> words{program, "--benchmark_enable_random_interleaving=true"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  static std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(words.size());
  benchmark::Initialize(&argc, argv.data());
  if (benchmark::ReportUnrecognizedArguments(argc, argv.data())) std::exit(EXIT_FAILURE);
}

}  // namespace bench
