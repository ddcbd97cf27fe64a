// SPDX-License-Identifier: MIT
// xerbla_, alone in its object file, so that a program with one of its own is not linked with this one.
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
