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
#include "placement.hpp"

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

template <class T>
class operands {
 public:
  /// `bytes`: what the rows need at most, by `place`.
  operands(memory_choice memory, std::size_t bytes)
      : memory_(memory),
        block_(static_cast<std::byte*>(::operator new(bytes, std::align_val_t{page}))),
        values_(reinterpret_cast<T*>(block_.get()), bytes / sizeof(T)) {
    fill_random(values_, 1);
  }

  [[nodiscard]] product<T> of(const row& r) const {
    const placement at = place(r, memory_);
    const auto array = [this](std::size_t offset) { return values_.data() + offset / sizeof(T); };
    return {r.m,     r.n,         r.k,     r.trans_a(), r.trans_b(), array(at.a),
            r.lda(), array(at.b), r.ldb(), array(at.c), r.ldc()};
  }

  /// Where a row had its C, another may have its A: the numbers must not grow from row to row.
  void restore(const product<T>& p) const { fill_random(std::span<T>(p.c, p.m * p.ldc), 3); }

 private:
  struct release {
    void operator()(std::byte* p) const { ::operator delete(p, std::align_val_t{page}); }
  };
  memory_choice memory_;
  std::unique_ptr<std::byte, release> block_;
  std::span<T> values_;
};

}  // namespace gemm_bench
