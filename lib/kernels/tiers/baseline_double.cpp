// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::sse2>, "compile this file with the flags of its tier");

constexpr tier_parameters<double> parameters{
    .tier = isa::baseline,
    .registers = 15,
    .tile_rows = 4,
    .tall_rows = {0, 4, 4},
};

constinit const kernel_table<double> baseline_double = make_kernel_table<double, parameters>();

}  // namespace twinpath::inline v0::detail
