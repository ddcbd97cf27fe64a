// SPDX-License-Identifier: MIT
/// \file
/// The matrix product under its names in BLAS, for C, C++ and Fortran. Link twinpath::blas, or load
/// libtwinpath-blas-preload.so before a program that was linked with another BLAS.
///
/// The functions are those of the reference BLAS and its CBLAS, with sizes of type `int` (LP64). A program
/// that has a header for them needs no other; where both are included, `cblas.h` comes first.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// C = alpha * op(A) * op(B) + beta * C, everything in columns, as Fortran calls it.
///
/// op is the identity for 'N', the transpose for 'T' and for 'C', each in either case. op(A) is m x k, op(B)
/// is k x n, C is m x n; element (i, j) of a matrix lies at `i + j * ld` elements. Lengths of the texts are
/// not read, so that C may leave them out.
///
/// As in the reference, C is not read for beta = 0, A and B are not read for alpha = 0 or k = 0, where C
/// becomes beta * C, and beta = 1 leaves C untouched there.
///
/// Bits: otherwise every element has those of `twinpath::contract::gemm` of the same matrices, in whatever
/// order and transposition they lie in memory, because the factors of a multiply-add may change places.
///
/// Errors: the first illegal argument is reported to `xerbla_` by its position: 1 transa, 2 transb, 3 m, 4 n,
/// 5 k, 8 lda, 10 ldb, 13 ldc. Where that returns, C is untouched. Nothing is thrown: no memory, a C that
/// shares elements with A or B, and a wrong TWINPATH_ISA end the program by `std::terminate`, because BLAS
/// has no way to report them; what it prints is of the transposed product, where A and B have changed places.
///
/// Thread safety: as `twinpath::gemm`.
void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
            const float* beta, float* c, const int* ldc);
/// The same in double.
void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
            const double* beta, double* c, const int* ldc);

/// Called for an illegal argument, with a name that need not end with 0 and the position of the argument.
///
/// This one prints ` ** On entry to SGEMM  parameter number  8 had an illegal value` to stderr and ends the
/// program by `exit(EXIT_FAILURE)`: LAPACK's convention is that it stops. Where a program has an `xerbla_` of
/// its own, that is called. Of a name that has neither an end nor a length in `name_length`, 32
/// characters are printed at most.
void xerbla_(const char* name, const int* position, size_t name_length);

// The header of another CBLAS has the rest, with enumerations of the same names.
#ifndef CBLAS_H

/// In which order the elements of a matrix lie in memory.
typedef enum CBLAS_LAYOUT {
  CblasRowMajor = 101,  ///< row after row: element (i, j) at `i * ld + j`
  CblasColMajor = 102   ///< column after column: element (i, j) at `i + j * ld`
} CBLAS_LAYOUT;

/// How an operand is read.
typedef enum CBLAS_TRANSPOSE {
  CblasNoTrans = 111,   ///< as it is
  CblasTrans = 112,     ///< transposed
  CblasConjTrans = 113  ///< transposed; real numbers are their own conjugates
} CBLAS_TRANSPOSE;

/// C = alpha * op(A) * op(B) + beta * C, everything in rows or everything in columns.
///
/// As `sgemm_`, but for errors: the first illegal argument is reported to `cblas_xerbla`. Positions are 1
/// layout, 2 transa, 3 transb, 4 m, 5 n, 6 k, 9 lda, 11 ldb, 14 ldc. As in the reference, rows are the
/// columns of a product whose operands have changed places, and the number is the position in that one: in
/// rows, m is 5, n is 4, lda is 11 and ldb is 9. The text that comes with it has the position in this call.
void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                 float alpha, const float* a, int lda, const float* b, int ldb, float beta, float* c,
                 int ldc);
/// The same in double.
void cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                 double alpha, const double* a, int lda, const double* b, int ldb, double beta, double* c,
                 int ldc);

/// Called for an illegal argument with its number, the name of the function, and a text as for `printf`,
/// which may be empty.
///
/// This one prints the name with the text, or with the number where there is no text, to stderr and ends the
/// program by `exit(EXIT_FAILURE)`. Where a program has a `cblas_xerbla` of its own, that is called.
void cblas_xerbla(int number, const char* name, const char* format, ...);

#endif

#ifdef __cplusplus
}
#endif
