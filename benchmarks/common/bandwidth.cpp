// SPDX-License-Identifier: MIT
#include "bandwidth.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "thread_clock.hpp"

namespace bench {
namespace {

constexpr std::size_t line = 64;
constexpr std::size_t block = 8 * line;  // bytes read in one iteration of the loop
constexpr double seconds_per_try = 0.01;
constexpr std::size_t tries = 5;

// Eight sums, so that no addition waits for another. Integers, which every compiler vectorises. A macro for
// the same reason as in peak.cpp.
#define TWINPATH_READ_LOOP(function, target, width)                                                   \
  target std::uint64_t function(const std::byte* from, std::size_t bytes) {                           \
    typedef std::uint64_t vector __attribute__((vector_size(width)));                                 \
    vector sums[8] = {};                                                                              \
    for (std::size_t i = 0; i < bytes; i += block) {                                                  \
      const auto* at = reinterpret_cast<const vector*>(from + i);                                     \
      for (std::size_t j = 0; j < block / sizeof(vector); j += 8) {                                   \
        for (std::size_t s = 0; s < 8; ++s) sums[s] += at[j + s];                                     \
      }                                                                                               \
    }                                                                                                 \
    const vector sum = sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7]; \
    return sum[0];                                                                                    \
  }

TWINPATH_READ_LOOP(read16, , 16)
#if defined(__x86_64__)
TWINPATH_READ_LOOP(read32, __attribute__((target("avx2"))), 32)
TWINPATH_READ_LOOP(read64, __attribute__((target("avx512f"))), 64)
#endif

using read_loop = std::uint64_t (*)(const std::byte*, std::size_t);

read_loop loop_of([[maybe_unused]] tier t) {
#if defined(__x86_64__)
  if (t == tier::avx512) return read64;
  if (t == tier::avx2) return read32;
#endif
  return read16;
}

struct free_memory {
  void operator()(std::byte* memory) const { std::free(memory); }
};

std::size_t cache_bytes(int level) {
  std::size_t largest = 0;
  for (const auto& cache : benchmark::CPUInfo::Get().caches) {
    if (cache.level == level && cache.type != "Instruction")
      largest = std::max(largest, static_cast<std::size_t>(cache.size));
  }
  return largest;
}

}  // namespace

double read_bandwidth(tier t, std::size_t bytes, int threads) {
  const auto count = static_cast<std::size_t>(threads);
  const std::size_t part = std::max(bytes / count / block, std::size_t{1}) * block;
  const read_loop read = loop_of(t);
  std::barrier<> start(threads);
  std::vector<std::vector<double>> rates(count);
  const auto work = [&](std::size_t thread) {
    // First written by the thread that reads it, so that the pages are local to it.
    const std::unique_ptr<std::byte, free_memory> memory(
        static_cast<std::byte*>(std::aligned_alloc(block, part)));
    if (memory != nullptr) std::fill_n(memory.get(), part, std::byte{1});
    volatile std::uint64_t sum = 0;
    const auto seconds_of = [&](std::size_t passes) {
      const double begin = thread_seconds();
      for (std::size_t pass = 0; pass < passes; ++pass) sum = sum + read(memory.get(), part);
      return thread_seconds() - begin;
    };
    std::size_t passes = 1;
    while (memory != nullptr && seconds_of(passes) < seconds_per_try) passes *= 2;
    for (std::size_t i = 0; i < tries; ++i) {
      start.arrive_and_wait();
      const double amount = static_cast<double>(passes * part) * 1e-9;
      rates[thread].push_back(memory == nullptr ? 0 : amount / seconds_of(passes));
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t thread = 1; thread < count; ++thread) others.emplace_back(work, thread);
    work(0);
  }
  std::vector<double> sums(tries);
  for (std::size_t i = 0; i < tries; ++i) {
    for (const std::vector<double>& of_thread : rates) sums[i] += of_thread[i];
  }
  std::nth_element(sums.begin(), sums.begin() + tries / 2, sums.end());
  return sums[tries / 2];
}

std::size_t second_level_bytes(int threads) {
  constexpr std::size_t usual = std::size_t{512} << 10;
  const std::size_t size = cache_bytes(2);
  return (size != 0 ? size : usual) / 2 * static_cast<std::size_t>(threads);
}

std::size_t memory_bytes() {
  constexpr std::size_t least = std::size_t{64} << 20;
  const std::size_t last_cache = std::max(cache_bytes(3), cache_bytes(4));
  const auto all =
      static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  // A virtual machine may report a cache that it shares with many others, and have little memory.
  return std::clamp(2 * last_cache, least, std::max(least, all / 4));
}

}  // namespace bench
