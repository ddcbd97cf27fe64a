// SPDX-License-Identifier: MIT
#define TWINPATH_HALF_VECTORS
#include "kernels/micro_kernel_lists.hpp"
#include "kernels/tables.hpp"

namespace twinpath::inline v0::detail {

static_assert(width<float> == 32 / sizeof(float));

constinit const half_tiles<float> avx512_half_float = make_half_tiles<float, 16, 32>();

}  // namespace twinpath::inline v0::detail
