// SPDX-License-Identifier: MIT
// cblas_xerbla in an object file of its own, so that a program can define another one.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include <twinpath/blas.h>

void cblas_xerbla(int number, const char* name, const char* format, ...) {
  if (*format == '\0') {
    std::fprintf(stderr, " ** On entry to %s parameter number %2d had an illegal value\n", name, number);
  } else {
    std::fprintf(stderr, " ** On entry to %s: ", name);
    std::va_list values;
    va_start(values, format);
    std::vfprintf(stderr, format, values);
    va_end(values);
  }
  std::exit(EXIT_FAILURE);
}
