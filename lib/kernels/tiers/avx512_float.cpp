// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::avx512bw>, "compile this file with the flags of its tier");

constexpr tier_parameters<float> parameters{
    .tier = isa::avx512,
    .registers = 32,
    .tile_rows = 16,
    .tall_rows = {0, 16, 14, 8, 6},
    .tall_rows_of_few_steps = {0, 16, 8, 5, 4},
    .in_place_rows = 128,
    .half = &avx512_half_float,
};

constinit const kernel_table<float> avx512_float = make_kernel_table<float, parameters>();

}  // namespace twinpath::inline v0::detail
