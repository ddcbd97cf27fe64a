// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::neon64>, "compile this file with the flags of its tier");

constinit const kernel_table<double> neon_double =
    make_kernel_table<double, 8, 32>(isa::neon, {0, 8, 8, 8, 6});

}  // namespace twinpath::inline v0::detail
