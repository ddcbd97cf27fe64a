// SPDX-License-Identifier: MIT
#include "suite.hpp"

#include <benchmark/benchmark.h>
#include <algorithm>
#include <memory>
#include <regex>
#include <vector>

#include "adapter.hpp"
#include "check.hpp"
#include "operands.hpp"
#include "shapes.hpp"

namespace gemm_bench {
namespace {

// A core computes about 10 operations in the time in which it reads a byte from a shared cache. Rows with
// fewer operations for each byte, whose operands do not fit the L1 cache, are bound by memory as much as by
// multiply-adds.
constexpr double least_intensity = 20;
constexpr double first_cache = 32 * 1024;

bool bound_by_memory(const row& r) {
  return r.bytes() > first_cache && r.flops() / r.bytes() < least_intensity;
}

template <class T>
void run_row(benchmark::State& state, const row& r, const operands<T>& memory, double peak) {
  const product<T> p = memory.of(r);
  prepare(p);
  // Untimed: fills the caches, allocates the library's buffers and wakes its threads.
  multiply(p);
  if (!plausible(p)) {
    state.SkipWithError("wrong result");
    return;
  }
  for (auto _ : state) {
    multiply(p);
    benchmark::ClobberMemory();
  }
  memory.restore(p);
  const auto per_second = [](double amount) {
    return benchmark::Counter(amount, benchmark::Counter::kIsIterationInvariantRate);
  };
  state.counters["GFLOP/s"] = per_second(r.flops() * 1e-9);
  state.counters["peak"] = per_second(r.flops() * 1e-9 / peak);
  if (bound_by_memory(r)) state.counters["GB/s"] = per_second(r.bytes() * 1e-9);
}

template <class T>
void register_rows_of(const options& o, const std::vector<row>& rows, double peak) {
  std::size_t bytes = 0;
  for (const row& r : rows) bytes = std::max(bytes, place(r, o.memory).end);
  const auto memory = std::make_shared<const operands<T>>(o.memory, bytes);
  for (const row& r : rows) {
    benchmark::RegisterBenchmark(
        r.name().c_str(), [r, memory, peak](benchmark::State& state) { run_row<T>(state, r, *memory, peak); })
        ->UseRealTime()
        ->MinTime(o.min_time)
        ->Repetitions(o.repetitions)
        ->ReportAggregatesOnly(false)
        ->Unit(benchmark::kNanosecond);
  }
}

}  // namespace

std::size_t register_rows(const options& o, element type, double peak) {
  std::vector<row> rows = o.shapes.empty() ? all_rows(type) : rows_of_shapes(o.shapes, type);
  const std::regex filter(o.filter);
  std::erase_if(rows, [&](const row& r) {
    const bool in_family =
        o.families.empty() || std::find(o.families.begin(), o.families.end(), r.family) != o.families.end();
    return !in_family || !std::regex_search(r.name(), filter);
  });
  if (rows.empty()) return 0;
  if (type == element::f32) {
    register_rows_of<float>(o, rows, peak);
  } else {
    register_rows_of<double>(o, rows, peak);
  }
  return rows.size();
}

}  // namespace gemm_bench
