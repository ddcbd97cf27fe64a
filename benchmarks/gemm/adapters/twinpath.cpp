// SPDX-License-Identifier: MIT
#include <oneapi/tbb/global_control.h>

#include <memory>
#include <twinpath/gemm.hpp>
#include <twinpath/isa.hpp>
#include <twinpath/version.hpp>

#include "../adapter.hpp"

namespace gemm_bench {
namespace {

namespace tp = twinpath;

std::unique_ptr<oneapi::tbb::global_control> thread_limit;

tier to_tier(tp::isa isa) {
  switch (isa) {
    case tp::isa::neon:
      return tier::neon;
    case tp::isa::avx2:
      return tier::avx2;
    case tp::isa::avx512:
      return tier::avx512;
    case tp::isa::baseline:
      break;
  }
  return tier::baseline;
}

// Views are made in the call, as a caller with pointers makes them.
template <class T>
void call_gemm(const product<T>& p) {
  const tp::matrix_view<const T> a(p.a, p.trans_a ? p.k : p.m, p.trans_a ? p.m : p.k, p.lda);
  const tp::matrix_view<const T> b(p.b, p.trans_b ? p.n : p.k, p.trans_b ? p.k : p.n, p.ldb);
  const tp::matrix_view<T> c(p.c, p.m, p.n, p.ldc);
  tp::gemm({a, p.trans_a}, {b, p.trans_b}, c);
}

}  // namespace

void set_threads(int threads) {
  using oneapi::tbb::global_control;
  thread_limit = std::make_unique<global_control>(global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
}

library describe_library() {
  const tier active = to_tier(tp::active_isa());
  return {"twinpath", TWINPATH_VERSION, name(active), active, active != best_tier()};
}

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
