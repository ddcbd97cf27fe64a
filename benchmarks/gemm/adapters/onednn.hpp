// SPDX-License-Identifier: MIT
// Common parts of the two interfaces of oneDNN.
#pragma once

#include <cstdlib>
#include <dnnl.hpp>

#include "../adapter.hpp"

namespace gemm_bench {

bool has_double() {
  return false;
}

// Never called, because oneDNN has no products of double.
void prepare(const product<double>&) {
  std::abort();
}
void multiply(const product<double>&) {
  std::abort();
}

}  // namespace gemm_bench
