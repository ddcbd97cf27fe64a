// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::avx512bw>, "compile this file with the flags of its tier");

constinit const kernel_table<float> avx512_float = make_kernel_table<float, 16, 32>(
    isa::avx512, {0, 16, 14, 8, 6}, {0, 16, 8, 5, 4}, 128, &avx512_half_float);

}  // namespace twinpath::inline v0::detail
