// SPDX-License-Identifier: MIT
#include "peak.hpp"

#include <algorithm>
#include <barrier>
#include <concepts>
#include <cstddef>
#include <limits>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "thread_clock.hpp"

namespace bench {
namespace {

constexpr std::size_t chains = 12;  // more than latency 4 times two units; 12 fit into 16 registers
constexpr double seconds_per_try = 0.02;
constexpr std::size_t tries = 7;

// Multiply-adds of `rounds` rounds, each of one vector in every chain. The initial values are arguments, so
// that the compiler cannot compute chains beforehand; all chains converge to 1. A macro, because a template
// is not compiled for the target of the function into which it is inlined.
#define TWINPATH_PEAK_LOOP(function, target, type, bytes)                                           \
  target void function(std::size_t rounds, volatile type* place) {                                  \
    typedef type vector __attribute__((vector_size(bytes)));                                        \
    const vector half = vector{} + type(0.5);                                                       \
    vector a0 = vector{} + *place, a1 = a0 + 1, a2 = a0 + 2, a3 = a0 + 3, a4 = a0 + 4, a5 = a0 + 5; \
    vector b0 = a0 + 6, b1 = a0 + 7, b2 = a0 + 8, b3 = a0 + 9, b4 = a0 + 10, b5 = a0 + 11;          \
    for (std::size_t i = 0; i < rounds; ++i) {                                                      \
      a0 = a0 * half + half, a1 = a1 * half + half, a2 = a2 * half + half;                          \
      a3 = a3 * half + half, a4 = a4 * half + half, a5 = a5 * half + half;                          \
      b0 = b0 * half + half, b1 = b1 * half + half, b2 = b2 * half + half;                          \
      b3 = b3 * half + half, b4 = b4 * half + half, b5 = b5 * half + half;                          \
    }                                                                                               \
    const vector sum = a0 + a1 + a2 + a3 + a4 + a5 + b0 + b1 + b2 + b3 + b4 + b5;                   \
    *place = sum[0];                                                                                \
  }

TWINPATH_PEAK_LOOP(loop16_f32, , float, 16)
TWINPATH_PEAK_LOOP(loop16_f64, , double, 16)
#if defined(__x86_64__)
TWINPATH_PEAK_LOOP(loop32_f32, __attribute__((target("avx2,fma"))), float, 32)
TWINPATH_PEAK_LOOP(loop32_f64, __attribute__((target("avx2,fma"))), double, 32)
TWINPATH_PEAK_LOOP(loop64_f32, __attribute__((target("avx512f,avx2,fma"))), float, 64)
TWINPATH_PEAK_LOOP(loop64_f64, __attribute__((target("avx512f,avx2,fma"))), double, 64)
#endif

// One chain, whose next multiply-add waits for the one before.
#define TWINPATH_CHAIN(function, target)                            \
  target void function(std::size_t length, volatile float* place) { \
    float a = *place;                                               \
    for (std::size_t i = 0; i < length; ++i) a = a * 0.5f + 0.5f;   \
    *place = a;                                                     \
  }

TWINPATH_CHAIN(chain, )
#if defined(__x86_64__)
TWINPATH_CHAIN(chain_fma, __attribute__((target("avx2,fma"))))
#endif

template <class T>
struct peak_loop {
  void (*run)(std::size_t, volatile T*);
  std::size_t bytes;

  [[nodiscard]] double flops(std::size_t rounds) const {
    return 2.0 * static_cast<double>(rounds * chains * bytes / sizeof(T));
  }
};

template <class T>
peak_loop<T> loop_of(tier t) {
  constexpr bool is_float = std::same_as<T, float>;
  const auto pick = [](auto f32, auto f64, std::size_t bytes) {
    if constexpr (is_float) {
      return peak_loop<T>{f32, bytes};
    } else {
      return peak_loop<T>{f64, bytes};
    }
  };
#if defined(__x86_64__)
  if (t == tier::avx512) return pick(loop64_f32, loop64_f64, 64);
  if (t == tier::avx2) return pick(loop32_f32, loop32_f64, 32);
#endif
  return pick(loop16_f32, loop16_f64, 16);
}

// One trial in FLOP/s, on all threads at once.
template <class T>
double try_once(const peak_loop<T>& loop, std::size_t rounds, std::size_t threads) {
  std::barrier start(static_cast<std::ptrdiff_t>(threads));
  std::vector<double> rates(threads);
  const auto work = [&](std::size_t thread) {
    volatile T place = 2;
    start.arrive_and_wait();
    const double begin = thread_seconds();
    loop.run(rounds, &place);
    rates[thread] = loop.flops(rounds) / (thread_seconds() - begin);
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
    work(0);
  }
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

template <class T>
double measure(tier t, std::size_t threads) {
  const peak_loop<T> loop = loop_of<T>(t);
  std::size_t rounds = 1000;
  while (loop.flops(rounds) / try_once(loop, rounds, 1) < seconds_per_try) rounds *= 2;
  std::vector<double> results;
  for (std::size_t i = 0; i < tries; ++i) results.push_back(try_once(loop, rounds, threads));
  std::nth_element(results.begin(), results.begin() + tries / 2, results.end());
  return results[tries / 2] * 1e-9;
}

void run_chain(tier t, std::size_t length, volatile float* place) {
#if defined(__x86_64__)
  if (t != tier::baseline) return chain_fma(length, place);
#endif
  chain(length, place);
}

}  // namespace

double multiply_add_ns(tier t) {
  constexpr std::size_t length = 1'000'000;
  volatile float place = 2;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < tries; ++i) {
    const double begin = thread_seconds();
    run_chain(t, length, &place);
    least = std::min(least, thread_seconds() - begin);
  }
  return 1e9 * least / static_cast<double>(length);
}

double fma_peak(tier t, element type, int threads) {
  const auto count = static_cast<std::size_t>(threads);
  return type == element::f32 ? measure<float>(t, count) : measure<double>(t, count);
}

}  // namespace bench
