// SPDX-License-Identifier: MIT
// Every function that works in the caller's memory, except gemm, with operands in memory that a test
// supplies.
//
// A Memory supplies, after `begin()`, any number of `matrix(rows, cols)` with arbitrary content, and of spans
// `vector(n)` and `classes(n)`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <twinpath/twinpath.hpp>

#include "support/activations.hpp"
#include "support/random.hpp"
#include "support/step_problem.hpp"

namespace tests {

inline const tp::optimizer all_updates[] = {tp::sgd{.learning_rate = 0.1},
                                            tp::sgd{.learning_rate = 0.1, .weight_decay = 0.1},
                                            tp::sgd{.learning_rate = 0.1, .momentum = 0.9},
                                            tp::sgd{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true},
                                            tp::adam{.weight_decay = 0.1},
                                            tp::adamw{}};

/// Memory of ordinary matrices.
template <class T>
class dense_memory {
 public:
  void begin() {
    matrices_.clear();
    classes_.clear();
  }
  [[nodiscard]] tp::matrix_view<T> matrix(std::size_t rows, std::size_t cols) {
    return matrices_.emplace_back(rows, cols);
  }
  [[nodiscard]] std::span<T> vector(std::size_t n) { return matrices_.emplace_back(1, n).elements(); }
  [[nodiscard]] std::span<std::int32_t> classes(std::size_t n) { return classes_.emplace_back(n); }

 private:
  std::deque<tp::matrix<T>> matrices_;
  std::deque<std::vector<std::int32_t>> classes_;
};

/// Calls operations and collects their results. Inputs are the same numbers in every kind of memory.
template <class T, class Memory>
class operations {
 public:
  explicit operations(Memory& memory) : memory_(memory) {}

  /// Functions of the rows and elements of a matrix, and updates of as many parameters as it has columns.
  std::vector<T> of_rows(std::size_t rows, std::size_t cols) {
    results_.clear();
    sums(rows, cols);
    using function = void (*)(tp::matrix_view<const T>, tp::matrix_view<T>);
    for (const function f : {function(tp::relu), function(tp::exp), function(tp::log), function(tp::tanh),
                             function(tp::erf), function(tp::sigmoid), function(tp::softmax)}) {
      begin();
      const auto X = input(rows, cols);
      const auto Y = memory_.matrix(rows, cols);
      f(X, Y);
      keep(Y);
      f(X, X);
      keep(X);
    }
    for (const tp::activation f : all_activations) {
      begin();
      const auto Z = input(rows, cols);
      const auto A = memory_.matrix(rows, cols);
      tp::activate(f, Z, A);
      keep(A);
    }
    losses(rows, cols);
    for (const tp::optimizer& rule : all_updates) std::visit([&](const auto& r) { update(r, cols); }, rule);
    return std::exchange(results_, {});
  }

  /// A layer of k inputs and n outputs over m rows.
  std::vector<T> of_layer(std::size_t m, std::size_t n, std::size_t k) {
    results_.clear();
    for (const tp::activation f : all_activations) {
      begin();
      const auto X = input(m, k), W = input(k, n), A = memory_.matrix(m, n), alone = memory_.matrix(m, n),
                 Z = memory_.matrix(m, n);
      const std::span<T> b = vector_input(n);
      tp::dense_forward(X, W, std::span<const T>(b), f, alone);
      tp::dense_forward(X, W, std::span<const T>(b), f, A, Z);
      keep(alone);
      keep(A);
      keep(Z);
      begin();
      const auto dZ = input(m, n), weights = input(k, n), kept = input(m, k), below = memory_.matrix(m, k);
      tp::backprop_path(dZ, weights, kept, below, f);
      keep(below);
    }
    begin();
    const auto A = input(m, k), dZ = input(m, n), dW = memory_.matrix(k, n);
    const std::span<T> db = memory_.vector(n);
    tp::parameter_path(A, dZ, dW, db);
    keep(dW);
    keep(db);
    for (const tp::schedule how : all_schedules) backward(how, m, n, k);
    return std::exchange(results_, {});
  }

  /// Steps, gradients and predictions of a network.
  std::vector<T> of_network(const std::vector<std::size_t>& widths, std::size_t rows) {
    results_.clear();
    for (const tp::schedule how : all_schedules) {
      for (const tp::loss which : all_losses) {
        tp::mlp<T> net(widths, {.activation = tp::activation::gelu_tanh, .loss = which, .schedule = how});
        begin();
        const auto X = input(rows, widths.front()), Y = input(rows, widths.back()),
                   dX = memory_.matrix(rows, widths.front());
        const auto classes = class_input(rows, widths.back());
        results_.push_back(net.train_step(X, Y, tp::adam{}));
        results_.push_back(net.compute_gradients(X, Y, tp::gradient_mode::overwrite, dX));
        keep(dX);
        if (which == tp::loss::softmax_cross_entropy) {
          results_.push_back(net.train_step(X, classes, tp::sgd{}));
          results_.push_back(net.compute_gradients(X, classes, tp::gradient_mode::ignore, dX));
          keep(dX);
        }
        for (std::size_t l = 1; l <= net.layers(); ++l) keep(net.parameters(l));
        predictions(net, rows);
      }
    }
    batches(rows, widths.front(), widths.back());
    return std::exchange(results_, {});
  }

 private:
  void begin() {
    memory_.begin();
    random_ = generator(results_.size() + 1);
  }
  tp::matrix_view<T> input(std::size_t rows, std::size_t cols) {
    const tp::matrix_view<T> x = memory_.matrix(rows, cols);
    for (std::size_t i = 0; i < rows; ++i) {
      for (T& e : x.row(i)) e = random_.template uniform<T>();
    }
    return x;
  }
  std::span<T> vector_input(std::size_t n) {
    const std::span<T> x = memory_.vector(n);
    for (T& e : x) e = random_.template uniform<T>();
    return x;
  }
  std::span<const std::int32_t> class_input(std::size_t rows, std::size_t count) {
    const std::span<std::int32_t> all = memory_.classes(rows);
    for (std::int32_t& c : all) c = static_cast<std::int32_t>(random_.below(count));
    return all;
  }
  void keep(std::span<const T> x) { results_.insert(results_.end(), x.begin(), x.end()); }
  void keep(tp::matrix_view<const T> x) {
    for (std::size_t i = 0; i < x.rows(); ++i) keep(x.row(i));
  }

  void sums(std::size_t rows, std::size_t cols) {
    begin();
    const auto X = input(rows, cols);
    const std::span<T> by_column = memory_.vector(cols), by_row = memory_.vector(rows);
    tp::column_sums(X, by_column);
    tp::row_sums(X, by_row);
    results_.push_back(tp::sum(X));
    keep(by_column);
    keep(by_row);
  }

  void losses(std::size_t rows, std::size_t cols) {
    using function =
        T (*)(tp::matrix_view<const T>, tp::matrix_view<const T>, tp::matrix_view<T>, tp::reduction);
    for (const function f : {function(tp::softmax_cross_entropy), function(tp::sigmoid_cross_entropy),
                             function(tp::mean_squared_error)}) {
      begin();
      const auto Z = input(rows, cols), Y = input(rows, cols), dZ = memory_.matrix(rows, cols);
      results_.push_back(f(Z, Y, dZ, tp::reduction::mean));
      keep(dZ);
    }
    begin();
    const auto Z = input(rows, cols), dZ = memory_.matrix(rows, cols);
    const auto classes = class_input(rows, cols);
    results_.push_back(tp::softmax_cross_entropy(Z, classes, dZ));
    keep(dZ);
    results_.push_back(static_cast<T>(tp::accuracy(Z, classes)));
  }

  void update(const tp::sgd& rule, std::size_t n) {
    begin();
    const auto w = vector_input(n), g = vector_input(n);
    const std::span<T> velocity = rule.momentum == 0 ? std::span<T>() : vector_input(n);
    tp::update(rule, w, std::span<const T>(g), velocity);
    keep(w);
    keep(velocity);
  }
  template <class Adam>
  void update(const Adam& rule, std::size_t n) {
    begin();
    const auto w = vector_input(n), g = vector_input(n), first = vector_input(n), second = vector_input(n);
    for (T& v : second) v = v * v;
    tp::update(rule, w, std::span<const T>(g), first, second, next({}, rule));
    keep(w);
    keep(first);
    keep(second);
  }

  void backward(tp::schedule how, std::size_t m, std::size_t n, std::size_t k) {
    begin();
    const auto A = input(m, k), Z = input(m, k), dZ = input(m, n), W = input(k, n), dW = memory_.matrix(k, n),
               below = memory_.matrix(m, k);
    const std::span<T> db = memory_.vector(n);
    tp::backward(how, A, dZ, W, dW, db, below, tp::activation::gelu_erf, Z);
    keep(dW);
    keep(db);
    keep(below);
  }

  void predictions(const tp::mlp<T>& net, std::size_t rows) {
    begin();
    const auto X = input(rows, net.widths().front()), P = memory_.matrix(rows, net.widths().back()),
               again = memory_.matrix(rows, net.widths().back());
    net.predict(X, P);
    tp::predictor<T>(net, rows).predict(X, again);
    keep(P);
    keep(again);
  }

  void batches(std::size_t rows, std::size_t inputs, std::size_t outputs) {
    begin();
    const auto X = input(rows, inputs), Y = input(rows, outputs);
    const auto classes = class_input(rows, outputs);
    tp::batches<T> soft(X, Y, 3, 1), by_class(X, classes, 3, 1);
    for (const auto& b : soft.epoch(0)) {
      keep(b.inputs);
      keep(b.targets);
    }
    for (const auto& b : by_class.epoch(1)) {
      keep(b.inputs);
      for (const std::int32_t c : b.classes) results_.push_back(static_cast<T>(c));
    }
  }

  Memory& memory_;
  generator random_{1};
  std::vector<T> results_;
};

}  // namespace tests
