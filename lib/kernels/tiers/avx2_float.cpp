// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::fma3<xsimd::avx2>>, "compile this file with the flags of its tier");

constexpr tier_parameters<float> parameters{
    .tier = isa::avx2,
    .registers = 16,
    .tile_rows = 6,
    .tall_rows = {0, 6, 6},
};

constinit const kernel_table<float> avx2_float = make_kernel_table<float, parameters>();

}  // namespace twinpath::inline v0::detail
