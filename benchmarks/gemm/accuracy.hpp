// SPDX-License-Identifier: MIT
// How far products are from exact ones, and what subnormal inputs cost.
#pragma once

namespace gemm_bench {

/// Prints, for one thread and products from k = 16 to 10^6, the root-mean-square error against sums in `long
/// double` as a share of the root-mean-square result; then the time of a product of subnormal numbers.
void print_accuracy();

}  // namespace gemm_bench
