// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::sse2>, "compile this file with the flags of its tier");

constinit const kernel_table<float> baseline_float =
    make_kernel_table<float, 4, 15>(isa::baseline, {0, 4, 4});

}  // namespace twinpath::inline v0::detail
