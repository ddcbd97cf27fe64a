// SPDX-License-Identifier: MIT
// Sums over columns, over rows and over all elements.
#pragma once

#include <memory>

#include <twinpath/contract.hpp>
#include <twinpath/reductions.hpp>

#include "golden/numbers.hpp"
#include "golden/operations.hpp"

namespace tests {

template <class T>
void add_sums_of(std::vector<operation<T>>& all, const std::string& what, tp::matrix<T> data,
                 bool subnormals) {
  const auto X = std::make_shared<const tp::matrix<T>>(std::move(data));
  all.push_back({"column_sums" + what,
                 {{"",
                   [X] {
                     results<T> out(X->cols());
                     tp::column_sums(*X, std::span(out));
                     return out;
                   }}},
                 [X] {
                   results<T> out(X->cols());
                   tp::contract::column_sums<T>(*X, out);
                   return out;
                 },
                 subnormals});
  all.push_back({"row_sums" + what,
                 {{"",
                   [X] {
                     results<T> out(X->rows());
                     tp::row_sums(*X, std::span(out));
                     return out;
                   }}},
                 [X] {
                   results<T> out;
                   for (std::size_t i = 0; i < X->rows(); ++i)
                     out.push_back(tp::contract::row_sum<T>(X->row(i)));
                   return out;
                 },
                 subnormals});
  all.push_back({"sum" + what,
                 {{"", [X] { return results<T>{tp::sum(*X)}; }}},
                 [X] { return results<T>{tp::contract::sum<T>(*X)}; },
                 subnormals});
}

template <class T>
void add_sums(std::vector<operation<T>>& all) {
  generator random(1);
  add_sums_of(all, "", uniform_matrix<T>(700, 150, random), false);
  add_sums_of(all, ", few columns", uniform_matrix<T>(9000, 10, random), false);
  tp::matrix<T> few(100, 20);
  for (T& x : few.elements()) x = subnormal<T>(random);
  add_sums_of(all, ", subnormal", std::move(few), true);
}

}  // namespace tests
