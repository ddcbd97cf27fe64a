// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::neon64>, "compile this file with the flags of its tier");

constexpr tier_parameters<double> parameters{
    .tier = isa::neon,
    .registers = 32,
    .tile_rows = 8,
    .tall_rows = {0, 8, 8, 8, 6},
};

constinit const kernel_table<double> neon_double = make_kernel_table<double, parameters>();

}  // namespace twinpath::inline v0::detail
