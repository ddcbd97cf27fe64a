// SPDX-License-Identifier: MIT
// Weights and biases that are copied to a network.
#include <twinpath/mlp.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

template <class T>
bool are_equal(tp::matrix_view<const T> a, tp::matrix_view<const T> b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    if (!std::ranges::equal(a.row(i), b.row(i))) return false;
  }
  return true;
}

}  // namespace

TEMPLATE_TEST_CASE("weights and a bias are copied to their layer alone", "[edges][network]", float, double) {
  using T = TestType;
  const tp::mlp<T> before({3, 4, 2});
  tp::mlp<T> net = before;
  const auto W = some_matrix<T>(4, 2);
  const auto b = some_vector<T>(2);
  net.set_weights(2, W);
  CHECK(are_equal<T>(net.weights(2), W));
  CHECK(std::ranges::equal(net.bias(2), before.bias(2)));
  net.set_bias(2, b);
  CHECK(are_equal<T>(net.weights(2), W));
  CHECK(std::ranges::equal(net.bias(2), b));
  CHECK(std::ranges::equal(net.parameters(1), before.parameters(1)));

  // Out of a wider matrix.
  auto wide = some_matrix<T>(5, 9);
  net.set_weights(1, wide.block(1, 2, 3, 4));
  CHECK(are_equal<T>(net.weights(1), wide.block(1, 2, 3, 4)));
  wide(1, 2) += 1;
  CHECK(net.weights(1)(0, 0) != wide(1, 2));
}

TEMPLATE_TEST_CASE("weights and a bias may come from the network itself", "[edges][network]", float, double) {
  using T = TestType;
  tp::mlp<T> net({3, 3, 3});
  const tp::mlp<T> before = net;
  net.set_weights(1, net.weights(1));
  CHECK(std::ranges::equal(net.parameters(1), before.parameters(1)));
  net.set_weights(1, net.weights(2));
  CHECK(are_equal<T>(net.weights(1), before.weights(2)));

  // Shifted by one element, so that a copy in place would read what it has written.
  net = before;
  net.set_weights(1, tp::matrix_view<const T>(net.parameters(1).data() + 1, 3, 3));
  CHECK(std::ranges::equal(net.parameters(1).first(9), before.parameters(1).subspan(1, 9)));
  net = before;
  net.set_bias(1, net.parameters(1).subspan(8, 3));
  CHECK(std::ranges::equal(net.bias(1), before.parameters(1).subspan(8, 3)));
}

TEMPLATE_TEST_CASE("training continues from weights that were set", "[edges][network]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(6, 3), Y = some_matrix<T>(6, 2);
  const tp::adam rule;
  tp::mlp<T> trained({3, 4, 2});
  trained.train_step(X, Y, rule);
  tp::mlp<T> net = trained;
  net.set_weights(1, some_matrix<T>(3, 4));
  CHECK(std::ranges::equal(net.moments(1, 1), trained.moments(1, 1)));
  CHECK(net.progress() == trained.progress());
  tp::mlp<T> same = trained;
  std::ranges::copy(some_matrix<T>(3, 4).elements(), same.parameters(1).begin());
  net.train_step(X, Y, rule);
  same.train_step(X, Y, rule);
  for (const std::size_t layer : {1u, 2u}) {
    CHECK(std::ranges::equal(net.parameters(layer), same.parameters(layer)));
  }
}

TEMPLATE_TEST_CASE("weights and biases that do not fit are refused", "[edges][network][errors]", float,
                   double) {
  using T = TestType;
  tp::mlp<T> net({3, 4, 2});
  const auto weights = [&](std::size_t layer, std::size_t rows, std::size_t cols) {
    return refusal([&] { net.set_weights(layer, some_matrix<T>(rows, cols)); }, net.parameters(1),
                   net.parameters(2));
  };
  const auto bias = [&](std::size_t layer, std::span<const T> b) {
    return refusal([&] { net.set_bias(layer, b); }, net.parameters(1), net.parameters(2));
  };
  CHECK(weights(1, 4, 3) == "set_weights: W is 4x3, expected 3x4");
  CHECK(weights(2, 4, 3) == "set_weights: W is 4x3, expected 4x2");
  CHECK(weights(1, 0, 0) == "set_weights: W is 0x0, expected 3x4");
  CHECK(weights(0, 3, 4) == "mlp: layer 0 is not one of 1 to 2");
  CHECK(weights(3, 3, 4) == "mlp: layer 3 is not one of 1 to 2");
  CHECK(bias(1, some_vector<T>(3)) == "set_bias: b has 3 elements, expected 4");
  CHECK(bias(2, {}) == "set_bias: b has 0 elements, expected 2");
  CHECK(bias(2, {static_cast<T*>(nullptr), 2}) == "set_bias: b is null");
  CHECK(bias(3, some_vector<T>(2)) == "mlp: layer 3 is not one of 1 to 2");
}
