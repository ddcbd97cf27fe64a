// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace elementary_bench {

template <class T>
struct entry {
  const char* library;
  const char* function;
  void (*apply)(const T* x, T* y, std::size_t n);  ///< n is a multiple of every vector's length
};

// Of the other libraries. Their file is compiled for the widest instruction set: it defines nothing that
// another file could take from it, and what it defines is looked at only where it can run.
extern const std::size_t peer_rows;
extern const entry<float> peer_float[];
extern const entry<double> peer_double[];

}  // namespace elementary_bench
