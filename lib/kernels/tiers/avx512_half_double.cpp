// SPDX-License-Identifier: MIT
#define TWINPATH_HALF_VECTORS
#include "kernels/micro_kernel_lists.hpp"
#include "kernels/tables.hpp"

namespace twinpath::inline v0::detail {

static_assert(width<double> == 32 / sizeof(double));

constinit const half_tiles<double> avx512_half_double = make_half_tiles<double, 16, 32>();

}  // namespace twinpath::inline v0::detail
