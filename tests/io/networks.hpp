// SPDX-License-Identifier: MIT
// Trained networks and their complete state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <twinpath/mlp.hpp>

#include "support/random.hpp"

namespace tests {

/// An optimiser with a name for failure messages.
struct named_optimizer {
  const char* name;
  twinpath::optimizer rule;
};

inline const named_optimizer optimizers[] = {
    {"sgd", twinpath::sgd{.learning_rate = 0.05, .weight_decay = 0.001}},
    {"momentum", twinpath::sgd{.learning_rate = 0.05, .momentum = 0.9}},
    {"adam", twinpath::adam{.learning_rate = 0.01}},
    {"adamw", twinpath::adamw{.learning_rate = 0.01}},
};

/// `steps` training steps. The data of a step depend on the number of earlier updates alone.
template <class T>
void train(twinpath::mlp<T>& net, const twinpath::optimizer& rule, std::size_t steps) {
  constexpr std::size_t rows = 9;
  for (std::size_t s = 0; s < steps; ++s) {
    generator random(net.progress().updates + 1);
    twinpath::matrix<T> X(rows, net.widths().front());
    twinpath::matrix<T> Y(rows, net.widths().back());
    for (T& x : X.elements()) x = random.uniform<T>();
    for (std::size_t i = 0; i < rows; ++i) Y(i, random.below(Y.cols())) = 1;
    net.train_step(X, Y, rule);
  }
}

/// Parameters, moments and progress, to be compared bit by bit.
template <class T>
std::vector<std::byte> state_of(const twinpath::mlp<T>& net) {
  std::vector<std::byte> out;
  const auto append = [&out](const void* data, std::size_t bytes) {
    const auto* begin = static_cast<const std::byte*>(data);
    out.insert(out.end(), begin, begin + bytes);
  };
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
    append(net.parameters(layer).data(), net.parameters(layer).size_bytes());
    for (const std::size_t which : {std::size_t{1}, std::size_t{2}}) {
      const std::size_t bytes = net.moments(layer, which).size_bytes();
      append(&bytes, sizeof bytes);
      if (bytes != 0) append(net.moments(layer, which).data(), bytes);
    }
  }
  const twinpath::optimizer_progress& progress = net.progress();
  append(&progress.updates, sizeof progress.updates);
  append(&progress.beta1_power, sizeof progress.beta1_power);
  append(&progress.beta2_power, sizeof progress.beta2_power);
  return out;
}

template <class T>
bool same_state(const twinpath::mlp<T>& a, const twinpath::mlp<T>& b) {
  const std::vector<std::byte> left = state_of(a), right = state_of(b);
  return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace tests
