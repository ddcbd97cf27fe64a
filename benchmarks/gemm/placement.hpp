// SPDX-License-Identifier: MIT
// Where the operands of a row begin, the same in every process: the speed of some products depends on it.
#pragma once

#include <cstddef>

#include "families.hpp"

namespace gemm_bench {

inline constexpr std::size_t page = 4096;

struct memory_choice {
  enum class kind {
    vector,   ///< as malloc of the GNU C library places the elements of three std::vector
    aligned,  ///< at cache lines
    offset    ///< `bytes` behind cache lines
  };
  kind how = kind::vector;
  std::size_t bytes = 0;
};

/// Offsets in bytes from the beginning of a page, and the end of the last array.
struct placement {
  std::size_t a = 0, b = 0, c = 0, end = 0;
};

[[nodiscard]] inline placement place(const row& r, memory_choice memory) {
  const auto up = [](std::size_t x, std::size_t unit) { return (x + unit - 1) / unit * unit; };
  const std::size_t element_bytes = r.type == element::f32 ? sizeof(float) : sizeof(double);
  std::size_t end = 0;
  const auto as_malloc_does = [&](std::size_t elements) {
    // 16 bytes precede the memory that malloc returns. From 128 KiB on it maps pages for it alone.
    constexpr std::size_t header = 16, first_mapped = 128 * 1024;
    const std::size_t bytes = elements * element_bytes;
    const std::size_t begin = up(end, bytes >= first_mapped ? page : header) + header;
    end = begin + bytes;
    return begin;
  };
  const auto at_line = [&](std::size_t elements, std::size_t lines) {
    constexpr std::size_t line = 64;
    const std::size_t begin = up(end, page) + lines * line + memory.bytes;
    end = begin + elements * element_bytes;
    return begin;
  };
  placement result;
  if (memory.how == memory_choice::kind::vector) {
    result.a = as_malloc_does(r.a_size());
    result.b = as_malloc_does(r.b_size());
    result.c = as_malloc_does(r.c_size());
  } else {
    // Arrays at the same offset in a page evict each other by chance, and not in every library alike.
    result.a = at_line(r.a_size(), 0);
    result.b = at_line(r.b_size(), 21);
    result.c = at_line(r.c_size(), 43);
  }
  result.end = end;
  return result;
}

}  // namespace gemm_bench
