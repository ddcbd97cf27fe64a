// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace elementary_bench {

template <class T>
struct entry {
  const char* library;
  const char* function;
  void (*apply)(const T* x, T* y, std::size_t n);  ///< n is a multiple of the vector length of every library
};

// Rows of the other libraries. Their file is compiled for the widest instruction set. It defines no inline
// function that the linker could use elsewhere, and its functions are called only on processors that have the
// instruction set.
extern const std::size_t peer_rows;
extern const entry<float> peer_float[];
extern const entry<double> peer_double[];

}  // namespace elementary_bench
