// SPDX-License-Identifier: MIT
// The kernel tables of all tiers, each defined in the file of its name.
#pragma once

#include "kernels/kernel_table.hpp"

namespace twinpath::inline v0::detail {

#if defined(__x86_64__)
extern const kernel_table<float> avx512_float;
extern const kernel_table<double> avx512_double;
extern const half_tiles<float> avx512_half_float;
extern const half_tiles<double> avx512_half_double;
extern const kernel_table<float> avx2_float;
extern const kernel_table<double> avx2_double;
extern const kernel_table<float> baseline_float;
extern const kernel_table<double> baseline_double;
#elif defined(__aarch64__)
extern const kernel_table<float> neon_float;
extern const kernel_table<double> neon_double;
#endif

}  // namespace twinpath::inline v0::detail
