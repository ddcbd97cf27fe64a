// SPDX-License-Identifier: MIT
#include "machine.hpp"

#include <fstream>
#include <string_view>

namespace gemm_bench {

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

}  // namespace gemm_bench
