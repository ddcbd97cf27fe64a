// SPDX-License-Identifier: MIT
// usage: twinpath-blas-illegal-call fortran|columns|rows|overlap: a call with an illegal lda, or with a C
// that is A.
#include <cstdio>
#include <string_view>

#include <twinpath/blas.h>

int main(int argc, char* argv[]) {
  if (argc != 2) return 2;
  const std::string_view way = argv[1];
  const float one = 1;
  const float x[9] = {};
  float c[9] = {};
  const int size = 3;
  const int wrong = 2;
  if (way == "fortran") {
    sgemm_("N", "N", &size, &size, &size, &one, x, &wrong, x, &size, &one, c, &size);
  } else if (way == "overlap") {
    sgemm_("N", "N", &size, &size, &size, &one, c, &size, x, &size, &one, c, &size);
  } else {
    const auto layout = way == "rows" ? CblasRowMajor : CblasColMajor;
    cblas_sgemm(layout, CblasNoTrans, CblasNoTrans, 3, 3, 3, 1, x, wrong, x, 3, 0, c, 3);
  }
  std::puts("went on");
}
