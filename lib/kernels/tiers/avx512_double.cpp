// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::avx512bw>, "compile this file with the flags of its tier");

constinit const kernel_table<double> avx512_double = make_kernel_table<double, 16, 32>(
    isa::avx512, {0, 16, 14, 8, 6}, {0, 16, 8, 5, 4}, 128, &avx512_half_double);

}  // namespace twinpath::inline v0::detail
