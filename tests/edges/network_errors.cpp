// SPDX-License-Identifier: MIT
// The arguments that a network refuses, the messages, and that the network is unchanged then.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A network that has trained for some steps, with batches.
template <class T>
struct half_trained {
  tp::mlp<T> net;
  tp::matrix<T> X = some_matrix<T>(5, 3), Y = some_matrix<T>(5, 2);

  explicit half_trained(const tp::mlp_options& options = {}, const tp::optimizer& rule = tp::adam{})
      : net({3, 4, 2}, options) {
    net.train_step(X, Y, rule);
    net.compute_gradients(X, Y);
  }

  /// The message of a refused call, and a note if the network has changed nevertheless.
  template <class Call, class... Outputs>
  [[nodiscard]] std::string refusal_of(const Call& call, const Outputs&... outputs) {
    const tp::optimizer_progress progress = net.progress();
    std::string text =
        refusal(call, net.parameters(1), net.parameters(2), net.gradients(1), net.gradients(2),
                net.moments(1, 1), net.moments(1, 2), net.moments(2, 1), net.moments(2, 2), outputs...);
    if (net.progress() != progress) text += ", but the progress has changed";
    if (net.activations(2).rows() != X.rows()) text += ", but the activations are gone";
    return text;
  }
};

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

TEMPLATE_TEST_CASE("a network refuses operands that do not fit and stays unchanged", "[edges][errors]", float,
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
    CHECK(run(some_matrix<T>(0, 3), some_matrix<T>(0, 2)) == name + ": the mean of 0 rows is not defined");
    CHECK(run(some_matrix<T>(0, 3), list{}) == name + ": the mean of 0 rows is not defined");
  }

  const std::string bad = ": learning rate -1 is not a finite number from 0";
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
  CHECK(error_of([&] { net.predict(x.first(), x.disjoint(5, 2)); }) == "no error");
}

TEMPLATE_TEST_CASE("a network refuses layer 0 and layers after the last", "[edges][errors]", float, double) {
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
    CHECK(error_of([&] { (void)net.gradients(l); }) == text);
    CHECK(error_of([&] { (void)net.moments(l, 1); }) == text);
    CHECK(error_of([&] { (void)fixed.moments(l, 2); }) == text);
  }
}

TEMPLATE_TEST_CASE("a network refuses impossible optimisers and stays unchanged", "[edges][errors]", float,
                   double) {
  using T = TestType;
  const std::string factor = " is not a finite number from 0", beta = " is not from 0 to below 1",
                    above = " is not a finite number above 0";
  const std::pair<tp::optimizer, std::string> impossible[] = {
      {tp::sgd{.learning_rate = -1}, "learning rate -1" + factor},
      {tp::sgd{.momentum = -1}, "momentum -1" + factor},
      {tp::sgd{.momentum = NaN<double>}, "momentum nan" + factor},
      {tp::sgd{.weight_decay = infinity}, "weight decay inf" + factor},
      {tp::sgd{.nesterov = true}, "Nesterov's form needs a momentum above 0"},
      {tp::adam{.learning_rate = NaN<double>}, "learning rate nan" + factor},
      {tp::adam{.beta1 = 1}, "beta1 1" + beta},
      {tp::adam{.beta2 = -0.5}, "beta2 -0.5" + beta},
      {tp::adam{.epsilon = 0}, "epsilon 0" + above},
      {tp::adam{.weight_decay = -1}, "weight decay -1" + factor},
      {tp::adamw{.learning_rate = infinity}, "learning rate inf" + factor},
      {tp::adamw{.beta1 = NaN<double>}, "beta1 nan" + beta},
      {tp::adamw{.beta2 = 1}, "beta2 1" + beta},
      {tp::adamw{.epsilon = -1}, "epsilon -1" + above},
      {tp::adamw{.weight_decay = NaN<double>}, "weight decay nan" + factor}};
  half_trained<T> x;
  for (const auto& [rule, text] : impossible) {
    const std::int32_t classes[] = {0, 1, 0, 1, 0};
    CHECK(x.refusal_of([&, &r = rule] { x.net.train_step(x.X, x.Y, r); }) == "train_step: " + text);
    CHECK(x.refusal_of([&, &r = rule] { x.net.train_step(x.X, classes, r); }) == "train_step: " + text);
    CHECK(x.refusal_of([&, &r = rule] { x.net.apply(r); }) == "apply: " + text);
  }
  // A refused batch does not start the moments of another optimiser.
  for (const tp::optimizer& rule : {tp::optimizer(tp::sgd{}), tp::optimizer(tp::sgd{.momentum = 0.9}),
                                    tp::optimizer(tp::adam{}), tp::optimizer(tp::adamw{})}) {
    CHECK(x.refusal_of([&] { x.net.train_step(some_matrix<T>(5, 4), x.Y, rule); }) ==
          "train_step: X is 5x4, expected 5x3");
    CHECK(x.refusal_of([&] { x.net.train_step(x.X, some_matrix<T>(5, 3), rule); }) ==
          "train_step: Y is 5x3, expected 5x2");
  }
}

TEMPLATE_TEST_CASE("class indices are for softmax cross-entropy", "[edges][errors]", float, double) {
  using T = TestType;
  const std::string text =
      "class indices are for softmax cross-entropy; this network's loss wants a matrix Y";
  const std::int32_t classes[] = {0, 1, 0, 1, 0};
  for (const tp::loss loss : {tp::loss::sigmoid_cross_entropy, tp::loss::mean_squared_error}) {
    half_trained<T> x({.loss = loss});
    CHECK(x.refusal_of([&] { x.net.train_step(x.X, classes, tp::adam{}); }) == "train_step: " + text);
    CHECK(x.refusal_of([&] { x.net.train_step(x.X, classes, tp::sgd{}); }) == "train_step: " + text);
    for (const tp::gradient_mode mode :
         {tp::gradient_mode::overwrite, tp::gradient_mode::accumulate, tp::gradient_mode::ignore}) {
      CHECK(x.refusal_of([&] { x.net.compute_gradients(x.X, classes, mode); }) ==
            "compute_gradients: " + text);
    }
    CHECK(error_of([&] { (void)tp::check_gradients(x.net, x.X, classes); }) == "compute_gradients: " + text);
    // Also for an empty batch; the mean over no elements is as undefined as the mean over no rows.
    const tp::matrix<T> none(0, 3), no_targets(0, 2);
    CHECK(x.refusal_of([&] { x.net.train_step(none, std::span<const std::int32_t>(), tp::sgd{}); }) ==
          "train_step: " + text);
    CHECK(x.refusal_of([&] { x.net.train_step(none, no_targets, tp::adam{}); }) ==
          "train_step: the mean of 0 elements is not defined");
    CHECK(x.refusal_of([&] { x.net.compute_gradients(none, no_targets); }) ==
          "compute_gradients: the mean of 0 elements is not defined");
  }
}

TEMPLATE_TEST_CASE("compute_gradients refuses an error of the input that does not fit", "[edges][errors]",
                   float, double) {
  using T = TestType;
  half_trained<T> x;
  const std::vector<std::int32_t> classes{0, 1, 0, 1, 0};
  for (const tp::gradient_mode mode :
       {tp::gradient_mode::overwrite, tp::gradient_mode::accumulate, tp::gradient_mode::ignore}) {
    CAPTURE(static_cast<int>(mode));
    auto wide = some_matrix<T>(5, 4), tall = some_matrix<T>(6, 3), none = some_matrix<T>(0, 3);
    const auto with = [&](tp::matrix_view<const T> X, tp::matrix_view<const T> Y, tp::matrix_view<T> dX,
                          std::span<const T> memory) {
      return x.refusal_of([&] { x.net.compute_gradients(X, Y, mode, dX); }, memory);
    };
    CHECK(with(x.X, x.Y, wide, wide.elements()) == "compute_gradients: dX is 5x4, expected 5x3");
    CHECK(with(x.X, x.Y, tall, tall.elements()) == "compute_gradients: dX is 6x3, expected 5x3");
    CHECK(with(x.X, x.Y, none, {}) == "compute_gradients: dX is 0x3, expected 5x3");
    CHECK(x.refusal_of([&] { x.net.compute_gradients(x.X, classes, mode, wide); }, wide.elements()) ==
          "compute_gradients: dX is 5x4, expected 5x3");
    const neighbours<T> input(5, 3), targets(5, 2);
    CHECK(with(input.first(), x.Y, input.sharing(5, 3), input.memory()) ==
          "compute_gradients: dX overlaps X");
    CHECK(with(input.first(), x.Y, input.first(), input.memory()) == "compute_gradients: dX overlaps X");
    CHECK(with(x.X, targets.first(), targets.sharing(5, 3), targets.memory()) ==
          "compute_gradients: dX overlaps Y");
    // Class indices in the memory of dX. They are not read before the call is refused.
    auto dX = some_matrix<T>(5, 3);
    std::ranges::fill(dX.elements(), T(0));
    const std::span<const std::int32_t> inside(reinterpret_cast<const std::int32_t*>(dX.data()), 5);
    CHECK(x.refusal_of([&] { x.net.compute_gradients(x.X, inside, mode, dX); }, dX.elements()) ==
          "compute_gradients: dX overlaps classes");
    half_trained<T> y;
    CHECK(error_of([&] { y.net.compute_gradients(input.first(), y.Y, mode, input.disjoint(5, 3)); }) ==
          "no error");
    CHECK(error_of([&] { y.net.compute_gradients(y.X, targets.first(), mode, targets.disjoint(5, 3)); }) ==
          "no error");
  }
}

TEMPLATE_TEST_CASE("a network restores none, one or two moments", "[edges][errors]", float, double) {
  using T = TestType;
  half_trained<T> x;
  for (const std::size_t count : {std::size_t{3}, std::size_t{4}, static_cast<std::size_t>(-1)}) {
    CHECK(x.refusal_of([&] { x.net.restore({}, count); }) ==
          "restore: " + std::to_string(count) + " moments; optimisers have 0 to 2");
  }
  const tp::mlp<T>& fixed = x.net;
  for (const std::size_t which : {std::size_t{0}, std::size_t{3}, static_cast<std::size_t>(-1)}) {
    const std::string text = "mlp: moments " + std::to_string(which) + " are not 1 or 2";
    CHECK(error_of([&] { (void)x.net.moments(1, which); }) == text);
    CHECK(error_of([&] { (void)fixed.moments(2, which); }) == text);
  }
  const tp::optimizer_progress progress{.updates = 7, .beta1_power = 0.25, .beta2_power = 0.5};
  for (const std::size_t count : {0u, 1u, 2u}) {
    x.net.restore(progress, count);
    CHECK(x.net.progress() == progress);
    for (std::size_t l = 1; l <= 2; ++l) {
      for (const std::size_t which : {1u, 2u}) {
        const std::span<const T> moments = fixed.moments(l, which);
        REQUIRE(moments.size() == (which <= count ? fixed.parameters(l).size() : 0));
        CHECK(std::ranges::all_of(moments, [](T m) { return m == 0; }));
      }
    }
  }
}
