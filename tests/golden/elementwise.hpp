// SPDX-License-Identifier: MIT
// Elementary functions and activations.
#pragma once

#include <memory>

#include <twinpath/activation.hpp>
#include <twinpath/contract.hpp>
#include <twinpath/elementwise.hpp>

#include "golden/numbers.hpp"
#include "golden/operations.hpp"
#include "support/activations.hpp"
#include "support/arithmetic.hpp"

namespace tests {

/// library(X, Y) fills Y; contract(arithmetic, x) gives one element.
template <class T, class Library, class Contract>
void add_function(std::vector<operation<T>>& all, const std::string& name, tp::matrix<T> data,
                  const Library& library, const Contract& contract, bool subnormals = false) {
  const auto X = std::make_shared<const tp::matrix<T>>(std::move(data));
  all.push_back({name,
                 {{"",
                   [X, library] {
                     tp::matrix<T> Y(X->rows(), X->cols());
                     library(*X, Y);
                     results<T> out;
                     append(out, Y);
                     return out;
                   }}},
                 [X, contract] {
                   return with_arithmetic([&]<class arithmetic>(arithmetic) {
                     results<T> out;
                     for (const T x : X->elements()) out.push_back(contract(arithmetic{}, x));
                     return out;
                   });
                 },
                 subnormals});
}

/// Whole rows of ordinary numbers in [-2^exponent, 2^exponent).
template <class T>
tp::matrix<T> ordinary(int exponent) {
  generator random(static_cast<std::uint64_t>(exponent));
  return scaled_matrix<T>(150, 141, random, exponent);
}

template <class T>
tp::matrix<T> positive_numbers() {
  generator random(2);
  tp::matrix<T> x(150, 141);
  for (T& e : x.elements()) e = positive<T>(random);
  return x;
}

template <class T>
tp::matrix<T> subnormal_numbers() {
  generator random(3);
  tp::matrix<T> x(3, 141);
  for (T& e : x.elements()) e = subnormal<T>(random);
  return x;
}

template <class T>
tp::matrix<T> corners() {
  tp::matrix<T> x(1, 75);
  for (std::size_t j = 0; j < x.cols(); ++j) x(0, j) = corner<T>(j);
  return x;
}

/// Arguments whose exponential is subnormal.
template <class T>
tp::matrix<T> underflowing() {
  constexpr std::size_t least = std::is_same_v<T, float> ? 88 : 709;
  constexpr std::size_t range = std::is_same_v<T, float> ? 15 : 35;
  generator random(4);
  tp::matrix<T> x(3, 141);
  for (T& e : x.elements()) e = -(T(least + random.below(range)) + T(random.below(256)) / 256);
  return x;
}

template <class T>
void add_activation(std::vector<operation<T>>& all, tp::activation f) {
  const auto library = [f](const tp::matrix<T>& X, tp::matrix<T>& Y) { tp::activate(f, X, Y); };
  const auto contract = [f]<class arithmetic>(arithmetic, T x) {
    return tp::contract::activate<arithmetic, T>(f, x);
  };
  const std::string name = "activate, " + std::string(tp::name(f));
  add_function(all, name, ordinary<T>(3), library, contract);
  add_function(all, name + ", corners", corners<T>(), library, contract);
  add_function(all, name + ", subnormal", subnormal_numbers<T>(), library, contract, true);
}

template <class T>
void add_elementwise(std::vector<operation<T>>& all) {
  using matrix = tp::matrix<T>;
  const auto relu = [](const matrix& X, matrix& Y) { tp::relu(X, Y); };
  const auto exp = [](const matrix& X, matrix& Y) { tp::exp(X, Y); };
  const auto log = [](const matrix& X, matrix& Y) { tp::log(X, Y); };
  const auto tanh = [](const matrix& X, matrix& Y) { tp::tanh(X, Y); };
  const auto erf = [](const matrix& X, matrix& Y) { tp::erf(X, Y); };
  const auto sigmoid = [](const matrix& X, matrix& Y) { tp::sigmoid(X, Y); };
  const auto relu_by_contract = []<class A>(A, T x) { return tp::contract::relu(x); };
  const auto exp_by_contract = []<class A>(A, T x) { return tp::contract::exp<A, T>(x); };
  const auto log_by_contract = []<class A>(A, T x) { return tp::contract::log<A, T>(x); };
  const auto tanh_by_contract = []<class A>(A, T x) { return tp::contract::tanh<A, T>(x); };
  const auto erf_by_contract = []<class A>(A, T x) { return tp::contract::erf<A, T>(x); };
  const auto sigmoid_by_contract = []<class A>(A, T x) { return tp::contract::sigmoid<A, T>(x); };

  add_function(all, "relu", ordinary<T>(3), relu, relu_by_contract);
  add_function(all, "exp", ordinary<T>(6), exp, exp_by_contract);
  add_function(all, "exp, corners", corners<T>(), exp, exp_by_contract);
  add_function(all, "exp, subnormal", underflowing<T>(), exp, exp_by_contract, true);
  add_function(all, "log", positive_numbers<T>(), log, log_by_contract);
  add_function(all, "log, corners", corners<T>(), log, log_by_contract);
  add_function(all, "log, subnormal", subnormal_numbers<T>(), log, log_by_contract, true);
  add_function(all, "tanh", ordinary<T>(2), tanh, tanh_by_contract);
  add_function(all, "erf", ordinary<T>(2), erf, erf_by_contract);
  add_function(all, "erf, corners", corners<T>(), erf, erf_by_contract);
  add_function(all, "erf, subnormal", subnormal_numbers<T>(), erf, erf_by_contract, true);
  add_function(all, "sigmoid", ordinary<T>(6), sigmoid, sigmoid_by_contract);
  add_function(all, "sigmoid, subnormal", underflowing<T>(), sigmoid, sigmoid_by_contract, true);
  for (const tp::activation f : all_activations) add_activation(all, f);
}

}  // namespace tests
