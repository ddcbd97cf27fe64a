// SPDX-License-Identifier: MIT
// The functions of twinpath/blas.h, float and double under one name, and the ways to call them.
#pragma once

#include <cstddef>
#include <stdexcept>

#include <twinpath/blas.h>
#include <twinpath/matrix.hpp>

namespace tests {

namespace tp = twinpath;

template <class T>
inline constexpr auto fortran_gemm = sgemm_;
template <>
inline constexpr auto fortran_gemm<double> = dgemm_;

template <class T>
inline constexpr auto cblas_gemm = cblas_sgemm;
template <>
inline constexpr auto cblas_gemm<double> = cblas_dgemm;

/// Which function is called, and the memory layout of all three matrices.
enum class way { fortran, cblas_columns, cblas_rows };
constexpr way ways[] = {way::fortran, way::cblas_columns, way::cblas_rows};

inline const char* text_of(way w) {
  return w == way::fortran ? "Fortran" : w == way::cblas_columns ? "CBLAS, columns" : "CBLAS, rows";
}

inline CBLAS_TRANSPOSE enumerator_of(char letter) {
  switch (letter) {
    case 'N':
    case 'n':
      return CblasNoTrans;
    case 'T':
    case 't':
      return CblasTrans;
    case 'C':
    case 'c':
      return CblasConjTrans;
    default:
      throw std::invalid_argument("no such transposition");
  }
}

/// A call that passes all arguments on unchanged.
template <class T>
void call(way w, char transa, char transb, int m, int n, int k, T alpha, const T* a, int lda, const T* b,
          int ldb, T beta, T* c, int ldc) {
  if (w == way::fortran)
    return fortran_gemm<T>(&transa, &transb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc);
  cblas_gemm<T>(w == way::cblas_rows ? CblasRowMajor : CblasColMajor, enumerator_of(transa),
                enumerator_of(transb), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

}  // namespace tests
