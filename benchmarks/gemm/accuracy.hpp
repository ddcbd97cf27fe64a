// SPDX-License-Identifier: MIT
// Errors of products, and the time of products with subnormal inputs.
#pragma once

namespace gemm_bench {

/// Prints, for one thread and products from k = 16 to 10^6, the root-mean-square error against sums in `long
/// double` relative to the root-mean-square result; then the time of a product of subnormal numbers.
void print_accuracy();

}  // namespace gemm_bench
