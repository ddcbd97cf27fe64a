// SPDX-License-Identifier: MIT
// Registers the rows with Google Benchmark.
#pragma once

#include <cstddef>

#include "families.hpp"
#include "options.hpp"

namespace gemm_bench {

/// Returns the number of rows. `peak` is in GFLOP/s.
std::size_t register_rows(const options& o, element type, double peak);

}  // namespace gemm_bench
