// SPDX-License-Identifier: MIT
// Registers the rows with Google Benchmark.
#pragma once

#include "families.hpp"
#include "options.hpp"

namespace gemm_bench {

/// `peak` is in GFLOP/s, for the share that a row reaches.
void register_rows(const options& o, element type, double peak);

}  // namespace gemm_bench
