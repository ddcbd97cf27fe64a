// SPDX-License-Identifier: MIT
#include "onednn.hpp"

namespace gemm_bench {

void prepare(const product<float>&) {}

void multiply(const product<float>& p) {
  const auto size = [](std::size_t x) { return static_cast<dnnl_dim_t>(x); };
  dnnl_sgemm(p.trans_a ? 'T' : 'N', p.trans_b ? 'T' : 'N', size(p.m), size(p.n), size(p.k), 1.0f, p.a,
             size(p.lda), p.b, size(p.ldb), 0.0f, p.c, size(p.ldc));
}

}  // namespace gemm_bench
