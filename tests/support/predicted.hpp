// SPDX-License-Identifier: MIT
// Predictions, by the functions of the contract.
#pragma once

#include <cstddef>

#include <twinpath/contract.hpp>
#include <twinpath/mlp.hpp>

#include "support/arithmetic.hpp"

namespace tests {

template <class T>
tp::matrix<T> predicted(const tp::mlp<T>& net, tp::matrix<T> A) {
  with_arithmetic([&]<class arithmetic>(arithmetic) {
    for (std::size_t l = 1; l <= net.layers(); ++l) {
      const auto f = l == net.layers() ? tp::activation::identity : net.options().activation;
      tp::matrix<T> Z(A.rows(), net.widths()[l]);
      tp::contract::dense_forward<arithmetic, T>(A, net.weights(l), net.bias(l), f, Z);
      A = Z;
    }
    for (std::size_t i = 0; i < A.rows(); ++i) {
      if (net.options().loss != tp::loss::softmax_cross_entropy) break;
      const tp::matrix<T> Z = A;
      tp::contract::softmax_row<arithmetic, T>(Z.row(i), A.row(i));
    }
    for (T& a : A.elements()) {
      if (net.options().loss == tp::loss::sigmoid_cross_entropy) a = tp::contract::sigmoid<arithmetic, T>(a);
    }
  });
  return A;
}

}  // namespace tests
