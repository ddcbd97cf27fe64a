// SPDX-License-Identifier: MIT
// xerbla_ in an object file of its own, so that a program can define another one.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <twinpath/blas.h>

void xerbla_(const char* name, const int* position, size_t name_length) {
  const auto length = static_cast<int>(std::min<size_t>(name_length, 32));
  std::fprintf(stderr, " ** On entry to %.*s parameter number %2d had an illegal value\n", length, name,
               *position);
  std::exit(EXIT_FAILURE);
}
