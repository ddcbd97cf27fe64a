// SPDX-License-Identifier: MIT
#include "kernels/tier.hpp"

namespace twinpath::inline v0::detail {

static_assert(std::is_same_v<arch, xsimd::fma3<xsimd::avx2>>, "compile this file with the flags of its tier");

constinit const kernel_table<float> avx2_float = make_kernel_table<float, 6, 16>(isa::avx2, {0, 6, 6});

}  // namespace twinpath::inline v0::detail
