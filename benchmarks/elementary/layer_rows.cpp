// SPDX-License-Identifier: MIT
// Activations and updates on one thread. For comparison, sums of as many arrays move the same bytes at the
// speed of the memory. GB/s count each array once that is read or written.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <twinpath/activation.hpp>
#include <twinpath/optimizer.hpp>
#include <vector>

#include "layer_rows.hpp"

namespace elementary_bench {
namespace {

namespace tp = twinpath;

constexpr std::size_t sizes[] = {4096, std::size_t{1} << 24};

void add_row(const std::string& name, std::size_t n, std::size_t arrays_moved,
             void (*run)(benchmark::State&, std::size_t, int), int which) {
  const std::string full = name + "/f32/" + std::to_string(n);
  benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
    run(state, n, which);
    state.SetItemsProcessed(static_cast<std::int64_t>(n) * state.iterations());
    state.SetBytesProcessed(static_cast<std::int64_t>(n * arrays_moved * sizeof(float)) * state.iterations());
  })->UseRealTime();
}

tp::matrix<float> filled(std::size_t n, float x) {
  tp::matrix<float> m(1, n);
  for (std::size_t i = 0; i < n; ++i) m.elements()[i] = x * static_cast<float>(i % 17) - 1.0f;
  return m;
}

void run_activation(benchmark::State& state, std::size_t n, int f) {
  const tp::matrix<float> Z = filled(n, 0.125f);
  tp::matrix<float> A(1, n);
  for (auto _ : state) {
    tp::activate(static_cast<tp::activation>(f), Z, A);
    benchmark::ClobberMemory();
  }
}

void run_copy(benchmark::State& state, std::size_t n, int) {
  const tp::matrix<float> X = filled(n, 0.125f);
  tp::matrix<float> Y(1, n);
  for (auto _ : state) {
    std::memcpy(Y.data(), X.data(), n * sizeof(float));
    benchmark::ClobberMemory();
  }
}

/// w += g, and with moments m += g and v += g: the bytes of an update with little arithmetic.
void run_additions(benchmark::State& state, std::size_t n, int moments) {
  const tp::matrix<float> g = filled(n, 0.001f);
  std::vector<tp::matrix<float>> sums(static_cast<std::size_t>(moments) + 1, filled(n, 0.1f));
  const float* const from = g.data();
  float* __restrict const w = sums[0].data();
  float* __restrict const m = moments > 0 ? sums[1].data() : nullptr;
  float* __restrict const v = moments > 1 ? sums[2].data() : nullptr;
  for (auto _ : state) {
    if (moments == 0) {
      for (std::size_t i = 0; i < n; ++i) w[i] += from[i];
    } else if (moments == 1) {
      for (std::size_t i = 0; i < n; ++i) {
        w[i] += from[i];
        m[i] += from[i];
      }
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        w[i] += from[i];
        m[i] += from[i];
        v[i] += from[i];
      }
    }
    benchmark::ClobberMemory();
  }
}

void run_update(benchmark::State& state, std::size_t n, int which) {
  const tp::matrix<float> g = filled(n, 0.001f);
  tp::matrix<float> w = filled(n, 0.1f), m(1, n), v(1, n);
  tp::optimizer_progress progress;
  for (auto _ : state) {
    if (which == 0) tp::update(tp::sgd{.learning_rate = 1e-6}, w.elements(), g.elements());
    if (which == 1)
      tp::update(tp::sgd{.learning_rate = 1e-6, .momentum = 0.9}, w.elements(), g.elements(), m.elements());
    if (which == 2) {
      const tp::adam rule{.learning_rate = 1e-6};
      progress = next(progress, rule);
      tp::update(rule, w.elements(), g.elements(), m.elements(), v.elements(), progress);
    }
    benchmark::ClobberMemory();
  }
}

}  // namespace

void register_layer_rows() {
  constexpr auto activations = static_cast<int>(tp::detail::option_count<tp::activation>);
  constexpr const char* updates[] = {"sgd", "momentum", "adam"};
  for (const std::size_t n : sizes) {
    add_row("activation/copy", n, 2, run_copy, 0);
    for (int f = 0; f < activations; ++f) {
      add_row("activation/" + std::string(name(static_cast<tp::activation>(f))), n, 2, run_activation, f);
    }
    for (int u = 0; u < 3; ++u) {
      const auto arrays = static_cast<std::size_t>(3 + 2 * u);
      add_row("update/additions_for_" + std::string(updates[u]), n, arrays, run_additions, u);
      add_row("update/" + std::string(updates[u]), n, arrays, run_update, u);
    }
  }
}

}  // namespace elementary_bench
