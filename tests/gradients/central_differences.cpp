// SPDX-License-Identifier: MIT
// Every gradient of a network against differences of its loss, and planted errors that the check must find.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

namespace tp = twinpath;
using network = tp::mlp<double>;
using matrix = tp::matrix<double>;
/// For each layer its weights row by row, then its bias.
using gradients = std::vector<std::vector<double>>;

// The four-point difference (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h is wrong by h^4/30 times the fifth
// derivative, 3e-14 of it here, and by 3/2 d/h where d is the error of one loss. With d of some ulps of a
// loss around 10, that is 1e-11: the absolute part of the bound. The relative part is one order above what
// the fifth derivative can do in these networks.
constexpr double h = 1e-3;
constexpr double relative_bound = 1e-9;
constexpr double absolute_bound = 2e-11;
/// Below this gradient the absolute part of the bound dominates; here the check is good to seven digits.
constexpr double clearly_not_zero = 1e-4;

gradients gradients_of(const network& net) {
  gradients all;
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    all.emplace_back(net.gradients(l).begin(), net.gradients(l).end());
  }
  return all;
}

/// For each row and hidden unit, whether its activation is above 0 in the last step.
std::vector<bool> open_units(const network& net) {
  std::vector<bool> open;
  for (std::size_t l = 1; l < net.layers(); ++l) {
    const auto A = net.activations(l);
    for (std::size_t i = 0; i < A.rows(); ++i) {
      for (const double a : A.row(i)) open.push_back(a > 0);
    }
  }
  return open;
}

std::string text_of(double x) {
  return tests::text_of(x);
}

/// What is wrong with the analytic gradients of loss(net); empty when nothing is.
template <class Loss>
std::string complaint(network net, const gradients& analytic, const Loss& loss) {
  loss(net);
  const std::vector<bool> open = open_units(net);
  std::size_t all = 0, skipped = 0;
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    const std::vector<double>& layer = analytic[l - 1];
    if (layer.size() != net.parameters(l).size()) return "another number of gradients";
    std::size_t clear = 0;
    for (std::size_t i = 0; i < layer.size(); ++i) {
      double& parameter = net.parameters(l)[i];
      const double middle = parameter;
      bool crosses_a_kink = false;
      const auto at = [&](double offset) {
        parameter = middle + offset;
        const double f = loss(net);
        parameter = middle;
        crosses_a_kink = crosses_a_kink || open_units(net) != open;
        return f;
      };
      const double numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      ++all;
      skipped += crosses_a_kink ? 1 : 0;
      clear += std::abs(layer[i]) > clearly_not_zero ? 1 : 0;
      const double bound = relative_bound * std::abs(numeric) + absolute_bound;
      if (crosses_a_kink || std::abs(layer[i] - numeric) <= bound) continue;
      return "layer " + std::to_string(l) + ", parameter " + std::to_string(i) + ": gradient " +
             text_of(layer[i]) + ", difference " + text_of(numeric);
    }
    if (10 * clear < 8 * layer.size()) {
      return "layer " + std::to_string(l) + ": only " + std::to_string(clear) + " of " +
             std::to_string(layer.size()) + " gradients differ clearly from 0";
    }
  }
  if (50 * skipped > all) return std::to_string(skipped) + " of " + std::to_string(all) + " at a kink";
  return {};
}

enum class labels { classes, probabilities, any_weights };

struct problem {
  network net;
  matrix X;
  matrix Y;
  std::vector<std::int32_t> classes;

  problem(std::vector<std::size_t> widths, tp::reduction how, labels kind)
      : net(widths, {.seed = 3, .reduction = how}), X(batch, widths.front()), Y(batch, widths.back()) {
    tests::generator random(5);
    for (double& x : X.elements()) x = 2 * random.uniform<double>();
    // Biases other than 0, so that they matter and fewer units are 0 in all rows.
    for (std::size_t l = 1; l <= net.layers(); ++l) {
      for (double& b : net.bias(l)) b = 0.3 + 0.3 * random.uniform<double>();
    }
    for (std::size_t i = 0; i < batch; ++i) {
      if (kind == labels::classes) classes.push_back(static_cast<std::int32_t>(i % widths.back()));
      double sum = 0;
      for (double& y : Y.row(i)) sum += y = 1.5 + random.uniform<double>();
      if (kind == labels::probabilities) {
        for (double& y : Y.row(i)) y /= sum;
      }
    }
  }
  double loss(network& n) const {
    return classes.empty() ? n.compute_gradients(X, Y) : n.compute_gradients(X, classes);
  }

  static constexpr std::size_t batch = 7;
};

enum class fault { none, dropped_mask, updated_weights, unscaled_error };

/// The gradients of a network by the functions of single layers, with a planted fault if one is given.
gradients by_layers(const problem& p, fault planted) {
  const network& net = p.net;
  const std::size_t layers = net.layers();
  std::vector<matrix> A{p.X};
  for (std::size_t l = 1; l <= layers; ++l) {
    const bool last = l == layers;
    A.emplace_back(p.X.rows(), net.widths()[l]);
    tp::dense_forward(A[l - 1], net.weights(l), net.bias(l),
                      last ? tp::activation::identity : tp::activation::relu, A[l]);
  }
  const tp::reduction how = planted == fault::unscaled_error ? tp::reduction::sum : net.options().reduction;
  matrix dZ(p.X.rows(), net.widths().back());
  tp::softmax_cross_entropy(A[layers], p.Y, dZ, how);

  gradients all(layers);
  for (std::size_t l = layers; l >= 1; --l) {
    std::vector<double>& layer = all[l - 1];
    const std::size_t weights = net.weights(l).rows() * net.weights(l).cols();
    layer.resize(net.parameters(l).size());
    const std::span<double> dW = std::span(layer).first(weights);
    tp::parameter_path(A[l - 1], dZ, {dW, net.weights(l).rows(), net.weights(l).cols()},
                       std::span(layer).subspan(weights));
    if (l == 1) break;
    matrix W(net.weights(l));
    if (planted == fault::updated_weights) tp::update(tp::sgd{.learning_rate = 0.1}, W.elements(), dW);
    matrix below(p.X.rows(), net.widths()[l - 1]);
    tp::backprop_path(dZ, W, A[l - 1], below,
                      planted == fault::dropped_mask ? tp::activation::identity : tp::activation::relu);
    dZ = std::move(below);
  }
  return all;
}

const std::vector<std::vector<std::size_t>> all_widths{{4, 3}, {5, 6, 3}, {4, 6, 5, 6, 3}};

}  // namespace

TEST_CASE("every gradient of a network is the derivative of its loss", "[gradients][differences]") {
  const auto widths = GENERATE(from_range(all_widths));
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  const labels kind = GENERATE(labels::classes, labels::probabilities, labels::any_weights);
  INFO("layers: " << widths.size() - 1 << ", sum: " << (how == tp::reduction::sum)
                  << ", labels: " << static_cast<int>(kind));
  problem p(widths, how, kind);
  const auto loss = [&](network& net) { return p.loss(net); };
  loss(p.net);
  CHECK(complaint(p.net, gradients_of(p.net), loss) == "");
}

TEST_CASE("the check finds planted errors", "[gradients][differences]") {
  const auto widths = GENERATE(from_range(all_widths.begin() + 1, all_widths.end()));
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  problem p(widths, how, labels::probabilities);
  const auto loss = [&](network& net) { return p.loss(net); };
  CHECK(complaint(p.net, by_layers(p, fault::none), loss) == "");

  // The gradients of the last layer do not depend on the mask or on a late read of W. In the other layers the
  // check must find the fault.
  for (const fault planted : {fault::dropped_mask, fault::updated_weights}) {
    const std::string found = complaint(p.net, by_layers(p, planted), loss);
    CHECK(found.find(": gradient ") != std::string::npos);
    CHECK(found.find("layer " + std::to_string(p.net.layers()) + ",") == std::string::npos);
  }
  if (how == tp::reduction::mean) CHECK(complaint(p.net, by_layers(p, fault::unscaled_error), loss) != "");

  gradients zeros = by_layers(p, fault::none);
  for (auto& layer : zeros) std::ranges::fill(layer, 0.0);
  CHECK(complaint(p.net, zeros, loss) != "");
}

TEST_CASE("gradients that are all 0 do not pass", "[gradients][differences]") {
  problem p(all_widths[1], tp::reduction::mean, labels::probabilities);
  const auto loss = [&](network& net) { return p.loss(net); };
  for (double& b : p.net.bias(1)) b = -100;  // no unit of the hidden layer is ever above 0
  loss(p.net);
  CHECK(complaint(p.net, gradients_of(p.net), loss) ==
        "layer 1: only 0 of 36 gradients differ clearly from 0");
}
