// SPDX-License-Identifier: MIT
// Registers the rows with Google Benchmark.
#pragma once

#include <cstddef>

#include "families.hpp"
#include "options.hpp"

namespace gemm_bench {

/// Returns their number. `peak` is in GFLOP/s, for the share that a row reaches.
std::size_t register_rows(const options& o, element type, double peak);

}  // namespace gemm_bench
