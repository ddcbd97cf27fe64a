// SPDX-License-Identifier: MIT
// The matrix product.
#pragma once

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// C = alpha * op(A) * op(B) + beta * C, where op is the identity or `transposed`.
///
/// Shapes: op(A) is m x k, op(B) is k x n, C is m x n. Each dimension may be 0; for k = 0 the product is a
/// matrix of zeros. If beta is 0, the old C is not read, so it may hold NaN.
///
/// Bits: every element is that of `contract::gemm`, whatever the threads, tier, strides or transpositions.
/// Threads: parallel in the caller's TBB arena if the product is large enough to gain from that. Several
/// threads may call this at the same time with disjoint outputs.
/// Overlap: C must be disjoint from A and B. A and B may overlap.
/// Throws, before anything is written, std::invalid_argument if the shapes do not fit or C overlaps an input,
/// and std::bad_alloc if there is no scratch memory.
void gemm(const operand<float>& A, const operand<float>& B, const matrix_view<float>& C, float alpha = 1,
          float beta = 0);
/// The same in double.
void gemm(const operand<double>& A, const operand<double>& B, const matrix_view<double>& C, double alpha = 1,
          double beta = 0);

}  // namespace twinpath::inline v0
