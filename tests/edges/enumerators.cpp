// SPDX-License-Identifier: MIT
// Option values that are no enumerators are refused by name and number, before anything is written.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

constexpr int impossible[] = {-1, 99, 1 << 30};

/// The message "function: option 99 is not one of 0 to 7".
std::string refused(const std::string& function, const std::string& option, int value, int last) {
  return function + ": " + option + " " + std::to_string(value) + " is not one of 0 to " +
         std::to_string(last);
}

}  // namespace

TEMPLATE_TEST_CASE("a network refuses options that are no enumerators", "[edges][errors]", float, double) {
  using T = TestType;
  const auto made = [](const tp::mlp_options& options) {
    return error_of([&] { tp::mlp<T>({3, 4, 2}, options); });
  };
  tp::mlp<T> net({3, 4, 2});
  const auto X = some_matrix<T>(5, 3), Y = some_matrix<T>(5, 2);
  net.compute_gradients(X, Y);
  for (const int x : {-1, 8, 99}) {
    CHECK(made({.activation = static_cast<tp::activation>(x)}) == refused("mlp", "activation", x, 7));
  }
  for (const int x : {-1, 3, 99}) {
    CHECK(made({.loss = static_cast<tp::loss>(x)}) == refused("mlp", "loss", x, 2));
    auto dX = some_matrix<T>(5, 3);
    CHECK(refusal([&] { net.compute_gradients(X, Y, static_cast<tp::gradient_mode>(x), dX); },
                  net.gradients(1), net.parameters(1),
                  dX.elements()) == refused("compute_gradients", "gradient mode", x, 2));
  }
  for (const int x : {-1, 2, 99}) {
    CHECK(made({.reduction = static_cast<tp::reduction>(x)}) == refused("mlp", "reduction", x, 1));
    CHECK(made({.choice = static_cast<tp::choice>(x)}) == refused("mlp", "choice", x, 1));
  }
  for (const int x : {-1, 4, 99}) {
    CHECK(made({.schedule = static_cast<tp::schedule>(x)}) == refused("mlp", "schedule", x, 3));
    CHECK(error_of([&] { net.set_schedule(static_cast<tp::schedule>(x)); }) ==
          refused("set_schedule", "schedule", x, 3));
    CHECK(net.options().schedule == tp::schedule::automatic);
  }
}

TEMPLATE_TEST_CASE("functions refuse options that are no enumerators", "[edges][errors]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(5, 3), W = some_matrix<T>(3, 2), dZ = some_matrix<T>(5, 2);
  const auto b = some_vector<T>(2);
  auto A = some_matrix<T>(5, 2), below = some_matrix<T>(5, 3), dW = some_matrix<T>(3, 2);
  auto db = some_vector<T>(2);
  const std::vector<std::int32_t> classes(5, 1);
  for (const int x : impossible) {
    const auto f = static_cast<tp::activation>(x);
    const auto how = static_cast<tp::schedule>(x);
    const auto reduce = static_cast<tp::reduction>(x);
    CHECK(refusal([&] { tp::activate(f, dZ, A); }, A.elements()) == refused("activate", "activation", x, 7));
    CHECK(refusal([&] { tp::dense_forward(X, W, std::span<const T>(b), f, A); }, A.elements()) ==
          refused("dense_forward", "activation", x, 7));
    CHECK(refusal([&] { tp::backprop_path(dZ, W, X, below, f); }, below.elements()) ==
          refused("backprop_path", "activation", x, 7));
    const auto backward = [&](tp::schedule s, tp::activation g) {
      return refusal([&] { tp::backward(s, X, dZ, W, dW, std::span<T>(db), below, g); }, dW.elements(), db,
                     below.elements());
    };
    CHECK(backward(how, tp::activation::relu) == refused("backward", "schedule", x, 3));
    CHECK(backward(tp::schedule::concurrent, f) == refused("backward", "activation", x, 7));
    const auto loss = [&](const auto& call) { return refusal(call, A.elements()); };
    CHECK(loss([&] { (void)tp::softmax_cross_entropy(dZ, dZ, A, reduce); }) ==
          refused("softmax_cross_entropy", "reduction", x, 1));
    CHECK(loss([&] { (void)tp::softmax_cross_entropy(dZ, classes, A, reduce); }) ==
          refused("softmax_cross_entropy", "reduction", x, 1));
    CHECK(loss([&] { (void)tp::sigmoid_cross_entropy(dZ, dZ, A, reduce); }) ==
          refused("sigmoid_cross_entropy", "reduction", x, 1));
    CHECK(loss([&] { (void)tp::mean_squared_error(dZ, dZ, A, reduce); }) ==
          refused("mean_squared_error", "reduction", x, 1));
  }
}

TEST_CASE("a trace refuses details that are no enumerators", "[edges][errors]") {
  for (const int x : {2, 99, 255}) {
    CHECK(error_of([&] { tp::trace({.detail = static_cast<tp::trace_detail>(x)}); }) ==
          refused("trace", "detail", x, 1));
  }
}
