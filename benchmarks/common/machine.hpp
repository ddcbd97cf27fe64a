// SPDX-License-Identifier: MIT
// The processor, its best instruction set that the operating system supports, and a benchmark's description
// of the measured library.
#pragma once

#include <string>
#include <vector>

namespace bench {

enum class tier { baseline, neon, avx2, avx512 };
enum class element { f32, f64 };

[[nodiscard]] const char* name(tier t);
[[nodiscard]] constexpr const char* name(element t) {
  return t == element::f32 ? "f32" : "f64";
}

/// Uses feature bits only.
[[nodiscard]] tier best_tier();

[[nodiscard]] std::string cpu_name();

struct library {
  std::string name;
  std::string version;
  std::string kernels;  ///< its own description of its kernels
  tier kernel_tier;     ///< the same as an instruction set
  bool capped = false;  ///< a lower tier was requested
};

/// Exit codes for the run scripts.
inline constexpr int refused = 3;
inline constexpr int nothing_to_do = 4;

/// A peer that did not recognise the processor runs at a fraction of its speed. Prints this and returns
/// false.
[[nodiscard]] bool at_its_best(const library& lib);

/// The description of the machine and the library in a result.
void add_context(const library& lib, int threads, int round);

/// Calls Google Benchmark's Initialize with these arguments after its own ones.
void initialize_benchmark(const char* program, const std::vector<std::string>& arguments);

}  // namespace bench
