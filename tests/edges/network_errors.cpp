// SPDX-License-Identifier: MIT
// What a network refuses, in which words, and that it stays as it was then.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "edges/refusal.hpp"

namespace {

using namespace tests;

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("a network refuses impossible widths", "[edges][errors]", float, double) {
  using mlp = tp::mlp<TestType>;
  CHECK(error_of([] { mlp(std::vector<std::size_t>{}); }) ==
        "mlp: 0 widths given, a network needs at least 2");
  CHECK(error_of([] { mlp(std::vector<std::size_t>{3}); }) ==
        "mlp: 1 widths given, a network needs at least 2");
  CHECK(error_of([] { mlp({3, 0, 2}); }) == "mlp: width 1 is 0");
  CHECK(error_of([] { mlp({0, 2}); }) == "mlp: width 0 is 0");
  CHECK(error_of([] { mlp({2, 0}); }) == "mlp: width 1 is 0");
  const std::size_t huge = std::size_t{1} << 40;
  CHECK(error_of([&] {
          mlp({2, huge, huge});
        }) == "mlp: layer 1099511627776x1099511627776 exceeds the address space");
}

TEMPLATE_TEST_CASE("a network refuses what does not fit and stays as it was", "[edges][errors]", float,
                   double) {
  using T = TestType;
  tp::mlp<T> net({3, 4, 2}, {.seed = 1});
  const auto X = some_matrix<T>(5, 3), Y = some_matrix<T>(5, 2);
  const std::vector<std::int32_t> classes{0, 1, 0, 1, 0};
  const tp::sgd rule;
  CHECK(refusal([&] { net.apply(rule); }, net.parameters(1)) == "apply: there are no gradients yet");
  net.compute_gradients(X, Y);
  const auto unchanged = [&](const auto& call) {
    const std::string text =
        refusal(call, net.parameters(1), net.parameters(2), net.gradients(1), net.gradients(2));
    CHECK(net.activations(2).rows() == 5);
    return text;
  };

  const auto step = [&](const tp::matrix<T>& x, const auto& targets, double rate = 0.1) {
    return unchanged([&] { net.train_step(x, targets, tp::sgd{.learning_rate = rate}); });
  };
  const auto gradients = [&](const tp::matrix<T>& x, const auto& targets) {
    return unchanged([&] { net.compute_gradients(x, targets); });
  };
  for (const bool whole : {true, false}) {
    const std::string name = whole ? "train_step" : "compute_gradients";
    const auto run = [&](const tp::matrix<T>& x, const auto& targets) {
      return whole ? step(x, targets) : gradients(x, targets);
    };
    CHECK(run(some_matrix<T>(5, 4), Y) == name + ": X is 5x4, expected 5x3");
    CHECK(run(X, some_matrix<T>(5, 3)) == name + ": Y is 5x3, expected 5x2");
    CHECK(run(X, some_matrix<T>(4, 2)) == name + ": Y is 4x2, expected 5x2");
    using list = std::vector<std::int32_t>;
    CHECK(run(some_matrix<T>(5, 4), classes) == name + ": X is 5x4, expected 5x3");
    CHECK(run(X, list{0, 1}) == name + ": classes has 2 elements, expected 5");
    CHECK(run(X, list{0, 1, 2, 0, 0}) == name + ": class 2 of row 2 is not one of 0 to 1");
    CHECK(run(X, list{0, 1, 0, 0, -7}) == name + ": class -7 of row 4 is not one of 0 to 1");
    CHECK(run(some_matrix<T>(0, 3), some_matrix<T>(0, 2)) ==
          name + ": the mean of 0 rows is not defined");
    CHECK(run(some_matrix<T>(0, 3), list{}) == name + ": the mean of 0 rows is not defined");
  }

  const std::string bad = ": learning rate -1.000000 is not a finite number from 0";
  CHECK(step(X, Y, -1) == "train_step" + bad);
  CHECK(step(X, classes, -1) == "train_step" + bad);
  CHECK(step(X, Y, NaN<double>) == "train_step: learning rate nan is not a finite number from 0");
  CHECK(step(X, classes, infinity) == "train_step: learning rate inf is not a finite number from 0");
  CHECK(unchanged([&] { net.apply(tp::sgd{.learning_rate = -1}); }) == "apply" + bad);
  CHECK(unchanged([&] { net.apply(tp::sgd{.learning_rate = NaN<double>}); }) ==
        "apply: learning rate nan is not a finite number from 0");

  auto P = some_matrix<T>(5, 2), narrow = some_matrix<T>(5, 1);
  const auto predict = [&](const tp::matrix<T>& x, tp::matrix<T>& p) {
    return refusal([&] { net.predict(x, p); }, p.elements());
  };
  CHECK(error_of([&] { (void)net.predict(some_matrix<T>(5, 2)); }) == "predict: X is 5x2, expected 5x3");
  CHECK(predict(some_matrix<T>(5, 2), P) == "predict: X is 5x2, expected 5x3");
  CHECK(predict(X, narrow) == "predict: P is 5x1, expected 5x2");
  CHECK(predict(some_matrix<T>(6, 3), P) == "predict: P is 5x2, expected 6x2");
  const neighbours<T> x(5, 3);
  CHECK(refusal([&] { net.predict(x.first(), x.sharing(5, 2)); }, x.memory()) == "predict: P overlaps X");
  CHECK(error_of([&] { net.predict(x.first(), x.apart(5, 2)); }) == "no error");
}

TEMPLATE_TEST_CASE("a network has no layer 0 and none behind the last", "[edges][errors]", float, double) {
  tp::mlp<TestType> net({3, 4, 2});
  const tp::mlp<TestType>& fixed = net;
  for (const std::size_t l : {std::size_t{0}, std::size_t{3}, static_cast<std::size_t>(-1)}) {
    const std::string text = "mlp: layer " + std::to_string(l) + " is not one of 1 to 2";
    CHECK(error_of([&] { (void)net.weights(l); }) == text);
    CHECK(error_of([&] { (void)fixed.weights(l); }) == text);
    CHECK(error_of([&] { (void)net.bias(l); }) == text);
    CHECK(error_of([&] { (void)fixed.bias(l); }) == text);
    CHECK(error_of([&] { (void)net.parameters(l); }) == text);
    CHECK(error_of([&] { (void)fixed.parameters(l); }) == text);
    CHECK(error_of([&] { (void)fixed.weight_gradients(l); }) == text);
    CHECK(error_of([&] { (void)fixed.bias_gradients(l); }) == text);
    CHECK(error_of([&] { (void)fixed.gradients(l); }) == text);
    CHECK(error_of([&] { (void)fixed.activations(l); }) == text);
  }
}
