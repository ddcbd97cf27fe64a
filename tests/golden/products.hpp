// SPDX-License-Identifier: MIT
// Products by every route, in all four transpositions.
#pragma once

#include <memory>

#include <twinpath/contract.hpp>
#include <twinpath/gemm.hpp>

#include "golden/numbers.hpp"
#include "golden/operations.hpp"
#include "support/arithmetic.hpp"
#include "support/shapes.hpp"

namespace tests {

template <class T>
struct product_data {
  tp::matrix<T> A, At, B, Bt, C;

  product_data(const shape& s, int exponent) : At(s.k, s.m), Bt(s.n, s.k) {
    generator random(s.m * 1000003 + s.n * 1009 + s.k);
    A = scaled_matrix<T>(s.m, s.k, random, exponent);
    B = scaled_matrix<T>(s.k, s.n, random, exponent);
    C = scaled_matrix<T>(s.m, s.n, random,
                         2 * exponent < std::numeric_limits<T>::min_exponent ? exponent : 0);
    for (std::size_t p = 0; p < s.k; ++p) {
      for (std::size_t i = 0; i < s.m; ++i) At(p, i) = A(i, p);
      for (std::size_t j = 0; j < s.n; ++j) Bt(j, p) = B(p, j);
    }
  }
};

template <class T>
operation<T> product(const std::string& route, const shape& s, T alpha, T beta, int exponent = 0) {
  const auto x = std::make_shared<const product_data<T>>(s, exponent);
  operation<T> op;
  op.name = "product, " + route;
  if (beta != 0) op.name += ", alpha and beta";
  op.subnormals = exponent != 0;
  const auto by_library = [x, alpha, beta](const tp::operand<T>& A, const tp::operand<T>& B) {
    return [x, A, B, alpha, beta] {
      tp::matrix<T> C = x->C;
      tp::gemm(A, B, C, alpha, beta);
      results<T> all;
      append(all, C);
      return all;
    };
  };
  op.by_library = {{"A*B", by_library(x->A, x->B)},
                   {"At*B", by_library(tp::transposed(x->At), x->B)},
                   {"A*Bt", by_library(x->A, tp::transposed(x->Bt))},
                   {"At*Bt", by_library(tp::transposed(x->At), tp::transposed(x->Bt))}};
  op.by_contract = [x, alpha, beta] {
    tp::matrix<T> C = x->C;
    with_arithmetic(
        [&]<class arithmetic>(arithmetic) { tp::contract::gemm<arithmetic, T>(x->A, x->B, C, alpha, beta); });
    results<T> all;
    append(all, C);
    return all;
  };
  return op;
}

template <class T>
void add_products(std::vector<operation<T>>& all) {
  // The compiler rounds them.
  static constexpr T alpha = T(0.7);
  static constexpr T beta = T(-0.3);
  const struct {
    const char* route;
    shape size;
  } routes[] = {{"tiny", {10, 4, 3}},
                {"small", {33, 20, 50}},
                {"one column", {200, 1, 100}},
                {"few columns", {200, 10, 300}},
                {"few rows", {6, 200, 300}},
                {"one row", {1, 300, 200}},
                {"blocked", {100, 130, 150}},
                {"several blocks of k", {50, 60, 700}},
                {"several slices of k", {12, 20, 8500}}};
  for (const auto& [route, size] : routes) {
    all.push_back(product<T>(route, size, T(1), T(0)));
    all.push_back(product<T>(route, size, alpha, beta));
  }
  all.push_back(product<T>("subnormal", {60, 50, 40}, T(1), T(0), tiny<T>));
  all.push_back(product<T>("subnormal", {60, 50, 40}, alpha, beta, tiny<T>));
}

}  // namespace tests
