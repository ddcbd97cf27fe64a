// SPDX-License-Identifier: MIT
// The blocked path: operands packed as planned, C cut into blocks for tasks, k cut as the contract says.
#pragma once

#include "gemm/blocked_plan.hpp"
#include "gemm/product.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// Computes as planned, with `plan.scratch()` elements of 64-byte aligned scratch memory.
template <class T>
void run_blocked(const kernel_table<T>& table, const blocked_plan& plan, const product<T>& x, T* scratch,
                 span_label label);

}  // namespace twinpath::inline v0::detail
