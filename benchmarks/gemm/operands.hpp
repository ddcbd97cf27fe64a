// SPDX-License-Identifier: MIT
// The memory that all rows of one type share: A and B with random numbers, and C.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

#include "adapter.hpp"
#include "families.hpp"

namespace gemm_bench {

/// Random numbers in [-1, 1), the same in every process.
template <class T>
void fill_random(std::span<T> values, std::uint64_t seed) {
  std::uint64_t state = seed;
  for (T& value : values) {
    // A linear congruential generator is random enough here and keeps up with memory (Knuth's constants).
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<T>(static_cast<std::int32_t>(state >> 32)) / T(2147483648.0);
  }
}

/// An array that begins at a cache line.
template <class T>
class buffer {
 public:
  /// The first `lines` cache lines stay unused: arrays at the same offset in a page evict each other by
  /// chance, and not in every library alike.
  buffer(std::size_t size, std::size_t lines)
      : memory_(static_cast<std::byte*>(
            ::operator new (size * sizeof(T) + lines * line, std::align_val_t{line}))),
        values_(reinterpret_cast<T*>(memory_.get() + lines * line), size) {}

  [[nodiscard]] std::span<T> values() const { return values_; }

 private:
  static constexpr std::size_t line = 64;
  struct release {
    void operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{line}); }
  };
  std::unique_ptr<std::byte, release> memory_;
  std::span<T> values_;
};

template <class T>
class operands {
 public:
  operands(std::size_t a_size, std::size_t b_size, std::size_t c_size)
      : a_(a_size, 0), b_(b_size, 21), c_(c_size, 43) {
    fill_random(a_.values(), 1);
    fill_random(b_.values(), 2);
    fill_random(c_.values(), 3);
  }

  [[nodiscard]] product<T> of(const row& r) const {
    return {r.m,         r.n,
            r.k,         r.trans_a(),
            r.trans_b(), a_.values().data(),
            r.lda(),     b_.values().data(),
            r.ldb(),     c_.values().data(),
            r.ldc()};
  }

 private:
  buffer<T> a_, b_, c_;
};

}  // namespace gemm_bench
