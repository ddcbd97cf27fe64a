// SPDX-License-Identifier: MIT
// A network and the data of its steps, and training with the loops of the contract.
#pragma once

#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/bits.hpp"
#include "support/optimizers.hpp"
#include "support/random.hpp"
#include "support/schedules.hpp"

namespace tests {

namespace tp = twinpath;

/// A parameter with another initial value than the network would give it.
template <class T>
struct planted {
  std::size_t layer;  ///< 1, 2, …
  std::size_t place;  ///< in `mlp::parameters(layer)`
  T value;
};

template <class T>
struct step_problem {
  std::vector<std::size_t> widths;
  std::size_t steps;
  tp::matrix<T> X;
  tp::matrix<T> Y;
  tp::optimizer rule = tp::sgd{.learning_rate = 0.05};
  tp::mlp_options options = {.seed = 1};
  std::vector<planted<T>> begin = {};

  step_problem(std::vector<std::size_t> w, std::size_t batch, std::size_t n)
      : widths(std::move(w)), steps(n), X(batch, widths.front()), Y(batch, widths.back()) {
    generator random(batch);
    for (T& x : X.elements()) x = random.uniform<T>();
    for (std::size_t i = 0; i < batch; ++i) Y(i, random.below(widths.back())) = 1;
  }

  [[nodiscard]] tp::mlp<T> network(tp::schedule how) const {
    tp::mlp_options o = options;
    o.schedule = how;
    tp::mlp<T> net(widths, o);
    for (const planted<T>& x : begin) net.parameters(x.layer)[x.place] = x.value;
    return net;
  }
  [[nodiscard]] std::string text() const {
    return std::to_string(widths.size() - 1) + " layers, batch " + std::to_string(X.rows()) +
           ", activation " + std::to_string(static_cast<int>(options.activation)) + ", loss " +
           std::to_string(static_cast<int>(options.loss)) + ", optimiser " + std::to_string(rule.index());
  }
};

/// The loss of each step, then all parameters and moments.
template <class T>
using history = std::vector<T>;

template <class T>
void append_parameters(history<T>& all, const tp::mlp<T>& net) {
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    for (const auto part : {net.parameters(l), net.moments(l, 1), net.moments(l, 2)})
      all.insert(all.end(), part.begin(), part.end());
  }
}

template <class T>
history<T> train(const step_problem<T>& p, tp::schedule how) {
  tp::mlp<T> net = p.network(how);
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) all.push_back(net.train_step(p.X, p.Y, p.rule));
  append_parameters(all, net);
  return all;
}

/// A layer in the contract's loops, with one vector for each of its moments.
template <class T>
struct plain_layer {
  tp::matrix<T> W, Z, A, dZ, dW;
  std::vector<T> b, db, first, second;

  [[nodiscard]] const tp::matrix<T>& kept(tp::activation f) const { return tp::keeps_scores(f) ? Z : A; }
};

/// One step: forward, loss, both paths. The gradients stay in the layers.
template <class Arithmetic, class T>
T gradients_by_contract(const step_problem<T>& p, std::vector<plain_layer<T>>& layers) {
  const tp::activation hidden = p.options.activation;
  const auto input = [&](std::size_t l) -> const tp::matrix<T>& { return l == 0 ? p.X : layers[l - 1].A; };
  for (std::size_t l = 0; l < layers.size(); ++l) {
    plain_layer<T>& x = layers[l];
    const auto f = l + 1 == layers.size() ? tp::activation::identity : hidden;
    tp::contract::dense_forward<Arithmetic, T>(input(l), x.W, x.b, tp::activation::identity, x.Z);
    for (std::size_t i = 0; i < x.Z.size(); ++i)
      x.A.elements()[i] = tp::contract::activate<Arithmetic, T>(f, x.Z.elements()[i]);
  }
  const T loss = tp::contract::loss_and_error<Arithmetic, T>(p.options.loss, layers.back().A, p.Y,
                                                             layers.back().dZ, p.options.reduction);
  for (std::size_t l = layers.size(); l-- > 0;) {
    plain_layer<T>& x = layers[l];
    if (l > 0) {
      tp::contract::backprop_path<Arithmetic, T>(x.dZ, x.W, layers[l - 1].kept(hidden), layers[l - 1].dZ,
                                                 hidden);
    }
    tp::contract::parameter_path<Arithmetic, T>(input(l), x.dZ, x.dW, x.db);
  }
  return loss;
}

template <class T>
std::vector<plain_layer<T>> plain_layers(const step_problem<T>& p) {
  const tp::mlp<T> initial = p.network(p.options.schedule);
  std::vector<plain_layer<T>> layers(initial.layers());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    plain_layer<T>& x = layers[l];
    const std::size_t n = p.widths[l + 1];
    x.W = x.dW = tp::matrix<T>(initial.weights(l + 1));
    x.b.assign(initial.bias(l + 1).begin(), initial.bias(l + 1).end());
    x.db = x.b;
    x.Z = x.A = x.dZ = tp::matrix<T>(p.X.rows(), n);
    x.first.assign(x.W.size() + n, T(0));
    x.second = x.first;
  }
  return layers;
}

/// Training with the contract's loops.
template <class Arithmetic, class T>
history<T> train_by_contract(const step_problem<T>& p) {
  std::vector<plain_layer<T>> layers = plain_layers(p);
  tp::optimizer_progress progress;
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) {
    all.push_back(gradients_by_contract<Arithmetic>(p, layers));
    progress = next_of(p.rule, progress);
    for (plain_layer<T>& x : layers) {
      const std::size_t weights = x.W.size();
      for (std::size_t i = 0; i < weights; ++i) {
        update_by_contract<Arithmetic>(p.rule, progress, x.dW.elements()[i], x.W.elements()[i], x.first[i],
                                       x.second[i]);
      }
      for (std::size_t j = 0; j < x.b.size(); ++j) {
        update_by_contract<Arithmetic>(p.rule, progress, x.db[j], x.b[j], x.first[weights + j],
                                       x.second[weights + j]);
      }
    }
  }
  const std::size_t moments = tp::moments_of(p.rule);
  for (const plain_layer<T>& x : layers) {
    all.insert(all.end(), x.W.elements().begin(), x.W.elements().end());
    all.insert(all.end(), x.b.begin(), x.b.end());
    if (moments > 0) all.insert(all.end(), x.first.begin(), x.first.end());
    if (moments > 1) all.insert(all.end(), x.second.begin(), x.second.end());
  }
  return all;
}

template <class T>
std::string difference(const history<T>& actual, const history<T>& expected) {
  if (actual.size() != expected.size()) return "another size";
  return difference<T>(std::span<const T>(actual), std::span<const T>(expected));
}

}  // namespace tests
