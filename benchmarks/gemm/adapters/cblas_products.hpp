// SPDX-License-Identifier: MIT
// The products of every library with the CBLAS interface. Include the library's own header first.
#pragma once

#include "../adapter.hpp"

namespace gemm_bench {

bool has_double() {
  return true;
}

void prepare(const product<float>&) {}
void prepare(const product<double>&) {}

void multiply(const product<float>& p) {
  cblas_sgemm(CblasRowMajor, p.trans_a ? CblasTrans : CblasNoTrans, p.trans_b ? CblasTrans : CblasNoTrans,
              static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.k), 1.0f, p.a,
              static_cast<int>(p.lda), p.b, static_cast<int>(p.ldb), 0.0f, p.c, static_cast<int>(p.ldc));
}

void multiply(const product<double>& p) {
  cblas_dgemm(CblasRowMajor, p.trans_a ? CblasTrans : CblasNoTrans, p.trans_b ? CblasTrans : CblasNoTrans,
              static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.k), 1.0, p.a,
              static_cast<int>(p.lda), p.b, static_cast<int>(p.ldb), 0.0, p.c, static_cast<int>(p.ldc));
}

}  // namespace gemm_bench
