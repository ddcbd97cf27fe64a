// SPDX-License-Identifier: MIT
#include <twinpath/gemm.hpp>

#include "../adapter.hpp"

namespace gemm_bench {
namespace {

namespace tp = twinpath;

// The views are constructed in the timed call, as a caller with pointers would do.
template <class T>
void call_gemm(const product<T>& p) {
  const tp::matrix_view<const T> a(p.a, p.trans_a ? p.k : p.m, p.trans_a ? p.m : p.k, p.lda);
  const tp::matrix_view<const T> b(p.b, p.trans_b ? p.n : p.k, p.trans_b ? p.k : p.n, p.ldb);
  const tp::matrix_view<T> c(p.c, p.m, p.n, p.ldc);
  tp::gemm({a, p.trans_a}, {b, p.trans_b}, c);
}

}  // namespace

bool has_double() {
  return true;
}

void prepare(const product<float>&) {}
void prepare(const product<double>&) {}

void multiply(const product<float>& p) {
  call_gemm(p);
}
void multiply(const product<double>& p) {
  call_gemm(p);
}

}  // namespace gemm_bench
