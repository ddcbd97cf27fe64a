// SPDX-License-Identifier: MIT
// Elements per second of exp, log, tanh, erf and sigmoid on one thread, from a near cache and from memory.
// The label is the largest error over the small input. Activations and updates follow.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <twinpath/elementwise.hpp>

#include "common/library.hpp"
#include "layer_rows.hpp"
#include "rows.hpp"

namespace elementary_bench {
namespace {

namespace tp = twinpath;

constexpr std::size_t sizes[] = {4096, std::size_t{1} << 24};

long double exact(std::string_view function, long double x) {
  if (function == "exp") return std::exp(x);
  if (function == "log") return std::log(x);
  if (function == "tanh") return std::tanh(x);
  return function == "erf" ? std::erf(x) : 1 / (1 + std::exp(-x));
}

template <class T>
std::string error_of(const entry<T>& e, const T* x, const T* y) {
  long double worst = 0;
  for (std::size_t i = 0; i < sizes[0]; ++i) {
    const long double wanted = exact(e.function, static_cast<long double>(x[i]));
    const long double ulp = std::ldexp(1.0L, std::ilogb(wanted) + 1 - std::numeric_limits<T>::digits);
    worst = std::max(worst, std::abs(static_cast<long double>(y[i]) - wanted) / ulp);
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.2Lf ulp", worst);
  return text;
}

template <void (*function)(tp::matrix_view<const float>, tp::matrix_view<float>)>
void each(const float* x, float* y, std::size_t n) {
  function({x, 1, n, n}, {y, 1, n, n});
}
template <void (*function)(tp::matrix_view<const double>, tp::matrix_view<double>)>
void each(const double* x, double* y, std::size_t n) {
  function({x, 1, n, n}, {y, 1, n, n});
}
template <class T>
constexpr entry<T> ours[] = {{"twinpath", "exp", each<tp::exp>},
                             {"twinpath", "log", each<tp::log>},
                             {"twinpath", "tanh", each<tp::tanh>},
                             {"twinpath", "erf", each<tp::erf>},
                             {"twinpath", "sigmoid", each<tp::sigmoid>}};

template <class T>
void register_rows(std::span<const entry<T>> entries) {
  for (const entry<T>& e : entries) {
    for (const std::size_t n : sizes) {
      const std::string name = std::string(e.function) + (sizeof(T) == 4 ? "/f32/" : "/f64/") +
                               std::to_string(n) + '/' + e.library;
      benchmark::RegisterBenchmark(name.c_str(), [e, n](benchmark::State& state) {
        tp::matrix<T> x(1, n), y(1, n);
        std::mt19937 random;
        std::uniform_real_distribution<T> uniform(e.function == std::string_view("log") ? T(0) : T(-5), T(5));
        for (T& element : x.elements()) element = uniform(random);
        for (auto _ : state) {
          e.apply(x.data(), y.data(), n);
          benchmark::ClobberMemory();
        }
        state.SetItemsProcessed(static_cast<std::int64_t>(n) * state.iterations());
        state.SetLabel(error_of(e, x.data(), y.data()));
      });
    }
  }
}

}  // namespace
}  // namespace elementary_bench

int main(int argc, char** argv) {
  using namespace elementary_bench;
  bench::set_threads(1);
  bench::add_context(bench::describe_library(), 1, 0);
  register_rows<float>(ours<float>);
  register_rows<double>(ours<double>);
#if defined(TWINPATH_PEERS_TIER)
  if (bench::best_tier() == bench::tier::TWINPATH_PEERS_TIER) {
    register_rows<float>({peer_float, peer_rows});
    register_rows<double>({peer_double, peer_rows});
  }
#endif
  register_layer_rows();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
