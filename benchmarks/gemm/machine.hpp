// SPDX-License-Identifier: MIT
// The processor: its name and the best instruction set that it and the operating system offer.
#pragma once

#include <string>

namespace gemm_bench {

enum class tier { baseline, neon, avx2, avx512 };

[[nodiscard]] const char* name(tier t);

/// From feature bits alone.
[[nodiscard]] tier best_tier();

[[nodiscard]] std::string cpu_name();

}  // namespace gemm_bench
