// SPDX-License-Identifier: MIT
// Softmax, and the losses with their dZ.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <twinpath/contract.hpp>
#include <twinpath/mean_squared_error.hpp>
#include <twinpath/sigmoid_cross_entropy.hpp>
#include <twinpath/softmax.hpp>

#include "golden/numbers.hpp"
#include "golden/operations.hpp"
#include "support/arithmetic.hpp"

namespace tests {

/// Scores Z, soft targets Y and one class per row.
template <class T>
struct loss_data {
  tp::matrix<T> Z, Y, one_hot;
  std::vector<std::int32_t> classes;

  /// Scores lie in [-2^exponent, 2^exponent).
  loss_data(std::size_t rows, std::size_t cols, int exponent) : one_hot(rows, cols) {
    generator random(rows * 1009 + cols);
    Z = scaled_matrix<T>(rows, cols, random, exponent);
    Y = positive_matrix<T>(rows, cols, random);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto c = random.below(cols);
      classes.push_back(static_cast<std::int32_t>(c));
      one_hot(i, c) = 1;
      Y(i, random.below(cols)) = 0;
    }
  }
};

template <class T>
void add_softmax(std::vector<operation<T>>& all, const std::string& what,
                 const std::shared_ptr<const loss_data<T>>& x, bool subnormals) {
  all.push_back({"softmax" + what,
                 {{"",
                   [x] {
                     tp::matrix<T> P(x->Z.rows(), x->Z.cols());
                     tp::softmax(x->Z, P);
                     results<T> out;
                     append(out, P);
                     return out;
                   }}},
                 [x] {
                   tp::matrix<T> P(x->Z.rows(), x->Z.cols());
                   with_arithmetic([&]<class arithmetic>(arithmetic) {
                     for (std::size_t i = 0; i < P.rows(); ++i)
                       tp::contract::softmax_row<arithmetic, T>(x->Z.row(i), P.row(i));
                   });
                   results<T> out;
                   append(out, P);
                   return out;
                 },
                 subnormals});
}

/// library(Z, targets, dZ) returns the loss. `targets` are the targets for the contract.
template <class T>
void add_loss(std::vector<operation<T>>& all, const std::string& name, tp::loss which, tp::reduction how,
              const std::shared_ptr<const loss_data<T>>& x, const tp::matrix<T>& targets, bool subnormals,
              std::vector<std::pair<std::string, std::function<T(tp::matrix<T>&)>>> library) {
  operation<T> op;
  op.name = name;
  op.subnormals = subnormals;
  for (const auto& [text, run] : library) {
    op.by_library.push_back({text, [x, run = run] {
                               tp::matrix<T> dZ(x->Z.rows(), x->Z.cols());
                               results<T> out{run(dZ)};
                               append(out, dZ);
                               return out;
                             }});
  }
  op.by_contract = [x, which, how, &targets] {
    tp::matrix<T> dZ(x->Z.rows(), x->Z.cols());
    results<T> out{with_arithmetic([&]<class arithmetic>(arithmetic) {
      return tp::contract::loss_and_error<arithmetic, T>(which, x->Z, targets, dZ, how);
    })};
    append(out, dZ);
    return out;
  };
  all.push_back(std::move(op));
}

template <class T>
void add_losses_of(std::vector<operation<T>>& all, const std::string& what, std::size_t rows,
                   std::size_t cols, int exponent, bool subnormals) {
  using enum tp::loss;
  using enum tp::reduction;
  using tp::reduction;
  using matrix = tp::matrix<T>;
  const auto x = std::make_shared<const loss_data<T>>(rows, cols, exponent);
  add_softmax(all, what, x, subnormals);
  add_loss(all, "softmax_cross_entropy" + what, softmax_cross_entropy, mean, x, x->Y, subnormals,
           {{"", [x](matrix& dZ) { return tp::softmax_cross_entropy(x->Z, x->Y, dZ, mean); }}});
  add_loss(all, "softmax_cross_entropy, classes" + what, softmax_cross_entropy, reduction::sum, x, x->one_hot,
           subnormals,
           {{"classes",
             [x](matrix& dZ) { return tp::softmax_cross_entropy(x->Z, x->classes, dZ, reduction::sum); }},
            {"one-hot",
             [x](matrix& dZ) { return tp::softmax_cross_entropy(x->Z, x->one_hot, dZ, reduction::sum); }}});
  add_loss(all, "sigmoid_cross_entropy" + what, sigmoid_cross_entropy, mean, x, x->Y, subnormals,
           {{"", [x](matrix& dZ) { return tp::sigmoid_cross_entropy(x->Z, x->Y, dZ, mean); }}});
  add_loss(all, "mean_squared_error" + what, mean_squared_error, mean, x, x->Y, subnormals,
           {{"", [x](matrix& dZ) { return tp::mean_squared_error(x->Z, x->Y, dZ, mean); }}});
}

template <class T>
void add_losses(std::vector<operation<T>>& all) {
  add_losses_of(all, ", 10 columns", 700, 10, 3, false);
  add_losses_of(all, ", 150 columns", 80, 150, 3, false);
  constexpr int wide = std::is_same_v<T, float> ? 7 : 10;
  add_losses_of(all, ", subnormal", 300, 7, wide, true);
}

}  // namespace tests
