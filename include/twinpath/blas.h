// SPDX-License-Identifier: MIT
/// \file
/// The matrix product under its BLAS names, for C, C++ and Fortran. Link twinpath::blas, or preload
/// libtwinpath-blas-preload.so (LD_PRELOAD) into a program that was linked with another BLAS.
///
/// The functions have the signatures of the reference BLAS and CBLAS, with sizes of type `int` (LP64). A
/// program that includes another header for them does not need this one; if it includes both, `cblas.h` must
/// come first.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// C = alpha * op(A) * op(B) + beta * C with column-major matrices, as called from Fortran.
///
/// op is the identity for 'N' and the transpose for 'T' and 'C', in upper or lower case. op(A) is m x k,
/// op(B) is k x n, C is m x n; element (i, j) of a matrix is at `i + j * ld`. The lengths of the character
/// arguments, which Fortran passes, are not read, so C may omit them.
///
/// As in the reference BLAS, C is not read if beta is 0; if alpha or k is 0, A and B are not read and C
/// becomes beta * C, which for beta = 1 leaves C unchanged.
///
/// Bits: otherwise those of `twinpath::contract::gemm` of the same matrices, independent of storage order and
/// transposition, because the factors of a multiply-add commute.
///
/// Errors: the first illegal argument is reported to `xerbla_` by its position: 1 transa, 2 transb, 3 m, 4 n,
/// 5 k, 8 lda, 10 ldb, 13 ldc. If `xerbla_` returns, C is unchanged. BLAS cannot report other errors: if
/// memory runs out, C overlaps A or B, or TWINPATH_ISA is not a tier, the program ends by `std::terminate`.
/// The message then describes the transposed product, in which A and B are exchanged.
///
/// Overlap: C must be disjoint from A and B.
/// Thread safety: as `twinpath::gemm`.
void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
            const float* beta, float* c, const int* ldc);
/// The same in double.
void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
            const double* beta, double* c, const int* ldc);

/// Called for an illegal argument, with the name of the function, which need not be null-terminated, and the
/// position of the argument.
///
/// This implementation prints ` ** On entry to SGEMM  parameter number  8 had an illegal value` to stderr and
/// ends the program by `exit(EXIT_FAILURE)`, as LAPACK's convention requires. A program may define its own
/// `xerbla_`, which is then called instead. At most 32 characters of the name are printed, in case
/// `name_length` is missing.
void xerbla_(const char* name, const int* position, size_t name_length);

// Another CBLAS header declares the rest, with enumerations of the same names.
#ifndef CBLAS_H

/// The storage order of matrices.
typedef enum CBLAS_LAYOUT {
  CblasRowMajor = 101,  ///< row-major: element (i, j) is at `i * ld + j`
  CblasColMajor = 102   ///< column-major: element (i, j) is at `i + j * ld`
} CBLAS_LAYOUT;

/// Whether an operand is transposed.
typedef enum CBLAS_TRANSPOSE {
  CblasNoTrans = 111,   ///< not transposed
  CblasTrans = 112,     ///< transposed
  CblasConjTrans = 113  ///< transposed; conjugation does not change real numbers
} CBLAS_TRANSPOSE;

/// C = alpha * op(A) * op(B) + beta * C with all matrices row-major or all column-major.
///
/// As `sgemm_` except for errors: the first illegal argument is reported to `cblas_xerbla`. Positions are 1
/// layout, 2 transa, 3 transb, 4 m, 5 n, 6 k, 9 lda, 11 ldb, 14 ldc. As in the reference CBLAS, a row-major
/// product is computed as the column-major product with exchanged operands, and the number is the position in
/// that call: for row-major, m is 5, n is 4, lda is 11 and ldb is 9. The accompanying text has the position
/// in this call.
void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                 float alpha, const float* a, int lda, const float* b, int ldb, float beta, float* c,
                 int ldc);
/// The same in double.
void cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                 double alpha, const double* a, int lda, const double* b, int ldb, double beta, double* c,
                 int ldc);

/// Called for an illegal argument with its number, the name of the function, and a format string for
/// `printf`, which may be empty, with its arguments.
///
/// This implementation prints the name with the text, or with the number if the text is empty, to stderr and
/// ends the program by `exit(EXIT_FAILURE)`. A program may define its own `cblas_xerbla`, which is then
/// called instead.
void cblas_xerbla(int number, const char* name, const char* format, ...);

#endif

#ifdef __cplusplus
}
#endif
