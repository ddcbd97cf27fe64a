// SPDX-License-Identifier: MIT
#include "problem.hpp"

#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace step_bench {

namespace tp = twinpath;

problem::problem(bench::network c) : shape(std::move(c)) {
  const tp::mlp<float> net(shape.widths, {.seed = 1});
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    const tp::matrix<float> W(net.weights(l));
    weights.emplace_back(W.elements().begin(), W.elements().end());
  }
  std::uint64_t state = 1;
  X.resize(shape.batch * shape.widths.front());
  for (float& x : X) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x = static_cast<float>(static_cast<std::int32_t>(state >> 32)) / 2147483648.0f;
  }
  for (std::size_t i = 0; i < shape.batch; ++i)
    classes.push_back(static_cast<std::int32_t>(i * 7 % shape.widths.back()));
}

std::vector<std::vector<double>> train_in_double(const problem& p, std::size_t steps) {
  tp::mlp<double> net(p.shape.widths, {.seed = 1});
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    const auto W = net.weights(l);
    std::copy(p.weights[l - 1].begin(), p.weights[l - 1].end(), W.data());
  }
  tp::matrix<double> X(p.shape.batch, p.shape.widths.front());
  std::copy(p.X.begin(), p.X.end(), X.data());
  for (std::size_t s = 0; s < steps; ++s)
    net.train_step(X, p.classes, tp::sgd{.learning_rate = double{p.rate}});
  std::vector<std::vector<double>> result;
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    const tp::matrix<double> W(std::as_const(net).weights(l));
    result.emplace_back(W.elements().begin(), W.elements().end());
  }
  return result;
}

std::string disagreement(const problem& p, const std::vector<std::vector<float>>& weights,
                         const std::vector<std::vector<double>>& expected) {
  for (std::size_t l = 0; l < expected.size(); ++l) {
    if (weights[l].size() != expected[l].size())
      return "layer " + std::to_string(l + 1) + " has a different size";
    // Compares the changes by the steps: the weights themselves would agree without a step.
    double error = 0, change = 0;
    for (std::size_t i = 0; i < expected[l].size(); ++i) {
      const double wanted = expected[l][i] - double{p.weights[l][i]};
      error += std::pow(double{weights[l][i]} - expected[l][i], 2);
      change += wanted * wanted;
    }
    // Weights of about 1 are rounded to 6e-8 in each step.
    const double rounding = 1e-7 * std::sqrt(static_cast<double>(expected[l].size()));
    if (!(std::sqrt(error) <= 0.01 * std::sqrt(change) + rounding))
      return "dW of layer " + std::to_string(l + 1) + " differs";
  }
  return {};
}

}  // namespace step_bench
