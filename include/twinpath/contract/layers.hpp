// SPDX-License-Identifier: MIT
// The arithmetic contract: a dense layer, forward and back.
#pragma once

#include <cstddef>
#include <span>

#include <twinpath/contract/activations.hpp>
#include <twinpath/contract/products.hpp>
#include <twinpath/contract/sums.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0::contract {

/// twinpath::dense_forward.
template <class Arithmetic = fused, class T>
void dense_forward(matrix_view<const T> X, matrix_view<const T> W, std::span<const T> b, activation f,
                   matrix_view<T> A) {
  for (std::size_t i = 0; i < A.rows(); ++i) {
    for (std::size_t j = 0; j < A.cols(); ++j) {
      const T z = product<Arithmetic, T>(X, W, i, j) + b[j];
      A(i, j) = activate<Arithmetic, T>(f, z);
    }
  }
}

/// twinpath::backprop_path: the product times the derivative, which is taken from `kept`.
template <class Arithmetic = fused, class T>
void backprop_path(matrix_view<const T> dZ, matrix_view<const T> W, matrix_view<const T> kept,
                   matrix_view<T> dZ_below, activation f) {
  for (std::size_t i = 0; i < dZ_below.rows(); ++i) {
    for (std::size_t j = 0; j < dZ_below.cols(); ++j) {
      const T t = product<Arithmetic, T>(dZ, transposed(W), i, j);
      dZ_below(i, j) = backprop<Arithmetic, T>(f, t, kept(i, j));
    }
  }
}

/// twinpath::parameter_path.
template <class Arithmetic = fused, class T>
void parameter_path(matrix_view<const T> A, matrix_view<const T> dZ, matrix_view<T> dW, std::span<T> db) {
  gemm<Arithmetic, T>(transposed(A), dZ, dW, T(1), T(0));
  column_sums(dZ, db);
}

}  // namespace twinpath::inline v0::contract
