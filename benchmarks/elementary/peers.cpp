// SPDX-License-Identifier: MIT
#include <xsimd/xsimd.hpp>
#if defined(TWINPATH_HAS_SLEEF)
#include <sleef.h>
#endif

#include "rows.hpp"

namespace elementary_bench {
namespace {

template <class T, class Function>
[[gnu::flatten]] void each(const T* x, T* y, std::size_t n) {
  using vec = xsimd::batch<T>;
  for (std::size_t i = 0; i < n; i += vec::size) {
    vec(Function()(vec::load_unaligned(x + i))).store_unaligned(y + i);
  }
}

struct sigmoid {
  template <class V>
  V operator()(const V& x) const {
    const V one(typename V::value_type(1));
    return one / (one + xsimd::exp(-x));
  }
};

#define TWINPATH_XSIMD(f, T)                                                  \
  {                                                                           \
    "xsimd", #f, each<T, decltype([](const auto& x) { return xsimd::f(x); })> \
  }
// SLEEF's functions with an error of at most 1.0 ulp; it has no sigmoid.
#if !defined(TWINPATH_HAS_SLEEF)
#define TWINPATH_SLEEF(f, T, type, arm)
#elif defined(__AVX512F__)
#define TWINPATH_SLEEF(f, T, type, arm)                                                    \
  , {                                                                                      \
    "sleef", #f, each<T, decltype([](auto x) { return Sleef_##f##type##_u10avx512f(x); })> \
  }
#else
#define TWINPATH_SLEEF(f, T, type, arm)                                                   \
  , {                                                                                     \
    "sleef", #f, each<T, decltype([](auto x) { return Sleef_##f##arm##_u10advsimd(x); })> \
  }
#endif
#define TWINPATH_PEERS(T, type, arm)                                                               \
  TWINPATH_XSIMD(exp, T), TWINPATH_XSIMD(log, T), TWINPATH_XSIMD(tanh, T), TWINPATH_XSIMD(erf, T), \
      {"xsimd", "sigmoid", each<T, sigmoid>} TWINPATH_SLEEF(exp, T, type, arm)                     \
          TWINPATH_SLEEF(log, T, type, arm) TWINPATH_SLEEF(tanh, T, type, arm)                     \
              TWINPATH_SLEEF(erf, T, type, arm)

}  // namespace

const entry<float> peer_float[] = {TWINPATH_PEERS(float, f16, f4)};
const entry<double> peer_double[] = {TWINPATH_PEERS(double, d8, d2)};
const std::size_t peer_rows = std::size(peer_float);

}  // namespace elementary_bench
