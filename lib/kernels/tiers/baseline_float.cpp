// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::sse2>, "compile this file with the flags of its tier");

constexpr tier_parameters<float> parameters{
    .tier = isa::baseline,
    .registers = 15,
    .tile_rows = 4,
    .tall_rows = {0, 4, 4},
};

constinit const kernel_table<float> baseline_float = make_kernel_table<float, parameters>();

}  // namespace twinpath::inline v0::detail
