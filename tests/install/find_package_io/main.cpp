// SPDX-License-Identifier: MIT
// A program that saves and loads a network. It fails if the loaded network predicts something else.
#include <twinpath/io/mlp.hpp>
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstdio>

int main() {
  namespace tp = twinpath;

  const tp::matrix<float> X{{0.9f, 0.1f, 0.5f}, {0.2f, 0.8f, 0.4f}};
  const tp::mlp<float> net({3, 4, 2}, {.seed = 1, .activation = tp::activation::tanh});
  tp::save(net, "network.npz");
  const tp::mlp<float> loaded = tp::load_mlp<float>("network.npz");

  const bool same = std::ranges::equal(net.predict(X).elements(), loaded.predict(X).elements());
  std::printf("twinpath %s: %s\n", TWINPATH_VERSION, same ? "the same predictions" : "OTHER PREDICTIONS");
  return same ? 0 : 1;
}
