// SPDX-License-Identifier: MIT
// A program in C, and in C++, that multiplies through BLAS. It fails if the two interfaces differ.
#include <twinpath/blas.h>

#include <stdio.h>

int main(void) {
  // A is 2 x 3, B is 3 x 2, row-major.
  const double a[] = {1, 2, 3, 4, 5, 6};
  const double b[] = {1, 0, 0, 1, 1, 1};
  const double expected[] = {4, 5, 10, 11};
  double rows[4], columns[4];
  const double one = 1, zero = 0;
  const int two = 2, three = 3;
  int i, wrong = 0;

  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 3, 1, a, 3, b, 2, 0, rows, 2);
  dgemm_("T", "T", &two, &two, &three, &one, a, &three, b, &two, &zero, columns, &two);
  for (i = 0; i < 4; ++i) wrong |= rows[i] != expected[i] || columns[i] != expected[i % 2 * 2 + i / 2];
  printf("%g %g %g %g: %s\n", rows[0], rows[1], rows[2], rows[3], wrong ? "WRONG" : "right");
  return wrong;
}
