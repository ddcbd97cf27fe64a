// SPDX-License-Identifier: MIT
// Dimensions of 0 are valid; a sum over no elements is 0.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edges/refusal.hpp"
#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/schedules.hpp"

namespace {

using namespace tests;

template <class T>
tp::matrix<T> filled(std::size_t rows, std::size_t cols, T x) {
  tp::matrix<T> m(rows, cols);
  std::ranges::fill(m.elements(), x);
  return m;
}

template <class T>
bool all_are(std::span<const T> elements, T x) {
  return std::ranges::all_of(elements, [&](T e) { return e == x; });
}
template <class T>
bool all_are(const tp::matrix<T>& m, T x) {
  return all_are(m.elements(), x);
}

/// The memory of an empty operand: its own, or a part of a wider matrix.
template <class T>
tp::matrix_view<T> view_of(tp::matrix<T>& m, bool wide) {
  return m.empty() ? tp::matrix_view<T>(static_cast<T*>(nullptr), m.rows(), m.cols(),
                                        wide ? m.cols() + 7 : m.cols())
                   : m;
}

struct product_size {
  std::size_t m, n, k;
};

/// At least one dimension is 0; the others are small or large.
std::vector<product_size> empty_sizes() {
  std::vector<product_size> all;
  for (const std::size_t x : {0u, 1u, 5u, 70u, 300u}) {
    for (const std::size_t y : {0u, 3u, 65u, 200u}) {
      all.push_back({0, x, y});
      all.push_back({x, 0, y});
      all.push_back({x, y, 0});
    }
  }
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("a product with k = 0 is 0", "[edges][empty]", float, double) {
  using T = TestType;
  const T old = 3;
  for (const auto& [m, n, k] : empty_sizes()) {
    for (const unsigned form : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u}) {
      const bool a_transposed = (form & 1) != 0, b_transposed = (form & 2) != 0, wide = (form & 4) != 0;
      auto A = a_transposed ? filled<T>(k, m, 1) : filled<T>(m, k, 1);
      auto B = b_transposed ? filled<T>(n, k, 1) : filled<T>(k, n, 1);
      const tp::operand<T> a(view_of(A, wide), a_transposed), b(view_of(B, wide), b_transposed);
      INFO(m << "x" << n << "x" << k << ", form " << form);
      auto C = filled<T>(m, n, NaN<T>);
      tp::gemm(a, b, view_of(C, wide));
      CHECK(all_are(C, T(0)));
      C = filled<T>(m, n, NaN<T>);
      tp::gemm(a, b, view_of(C, wide), T(5));
      CHECK(all_are(C, T(0)));
      C = filled<T>(m, n, old);
      tp::gemm(a, b, view_of(C, wide), T(5), T(2));
      CHECK(all_are(C, 2 * old));
    }
  }
}

TEMPLATE_TEST_CASE("a layer without inputs, outputs or rows", "[edges][empty]", float, double) {
  using T = TestType;
  for (const product_size& size : empty_sizes()) {
    const std::size_t m = size.m, n = size.n, k = size.k;
    for (const bool wide : {false, true}) {
      INFO(m << " rows, " << k << " -> " << n << ", wide: " << wide);
      auto A = filled<T>(m, k, 1), W = filled<T>(k, n, 1), dZ = filled<T>(m, n, 1);
      const std::vector<T> b(n, T(-2));
      auto Z = filled<T>(m, n, 9);
      tp::dense_forward(view_of(A, wide), view_of(W, wide), std::span<const T>(b), tp::activation::identity,
                        view_of(Z, wide));
      CHECK(all_are(Z, T(-2)));
      tp::dense_forward(view_of(A, wide), view_of(W, wide), std::span<const T>(b), tp::activation::relu,
                        view_of(Z, wide));
      CHECK(all_are(Z, T(0)));

      for (const tp::activation f : all_activations) {
        auto activated = filled<T>(m, n, 9), scores = filled<T>(m, n, 9);
        tp::dense_forward(view_of(A, wide), view_of(W, wide), std::span<const T>(b), f,
                          view_of(activated, wide), view_of(scores, wide));
        CHECK(all_are(scores, T(-2)));
        auto fused = filled<T>(m, n, 9), separate = filled<T>(m, n, 9);
        tp::dense_forward(view_of(A, wide), view_of(W, wide), std::span<const T>(b), f, view_of(fused, wide));
        tp::activate(f, view_of(scores, wide), view_of(separate, wide));
        CHECK(std::ranges::equal(activated.elements(), separate.elements()));
        CHECK(std::ranges::equal(fused.elements(), separate.elements()));
        auto error = filled<T>(m, k, 9);
        tp::backprop_path(view_of(dZ, wide), view_of(W, wide), view_of(A, wide), view_of(error, wide), f);
        // Without outputs the product is 0, also after it is multiplied by a derivative.
        CHECK(all_are(error, T(0)));
      }

      auto dW = filled<T>(k, n, 9), below = filled<T>(m, k, 9);
      std::vector<T> db(n, T(9));
      const auto right = [&] {
        const bool is = all_are(dW, T(0)) && all_are(std::span<const T>(db), T(m)) && all_are(below, T(0));
        for (tp::matrix<T>* out : {&dW, &below}) std::ranges::fill(out->elements(), T(9));
        std::ranges::fill(db, T(9));
        return is;
      };
      tp::parameter_path(view_of(A, wide), view_of(dZ, wide), view_of(dW, wide), std::span<T>(db));
      tp::backprop_path(view_of(dZ, wide), view_of(W, wide), view_of(A, wide), view_of(below, wide),
                        tp::activation::relu);
      CHECK(right());
      for (const tp::schedule how : all_schedules) {
        tp::backward(how, view_of(A, wide), view_of(dZ, wide), view_of(W, wide), view_of(dW, wide),
                     std::span<T>(db), view_of(below, wide), tp::activation::relu);
        CHECK(right());
        auto scores = filled<T>(m, k, 1);
        for (const tp::activation f : all_activations) {
          tp::backward(how, view_of(A, wide), view_of(dZ, wide), view_of(W, wide), view_of(dW, wide),
                       std::span<T>(db), view_of(below, wide), f, view_of(scores, wide));
          CHECK(right());
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a sum over no elements is 0", "[edges][empty]", float, double) {
  using T = TestType;
  for (const std::size_t size : {0u, 1u, 70u, 5000u}) {
    for (const bool wide : {false, true}) {
      auto no_rows = filled<T>(0, size, 1), no_columns = filled<T>(size, 0, 1);
      std::vector<T> out(size, T(9)), none;
      tp::column_sums(view_of(no_rows, wide), std::span<T>(out));
      CHECK(all_are(std::span<const T>(out), T(0)));
      std::ranges::fill(out, T(9));
      tp::row_sums(view_of(no_columns, wide), std::span<T>(out));
      CHECK(all_are(std::span<const T>(out), T(0)));
      tp::column_sums(view_of(no_columns, wide), std::span<T>(none));
      tp::row_sums(view_of(no_rows, wide), std::span<T>(none));
      CHECK(tp::sum(view_of(no_rows, wide)) == 0);
      CHECK(tp::sum(view_of(no_columns, wide)) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("elementwise functions, softmax and update accept no elements", "[edges][empty]", float,
                   double) {
  using T = TestType;
  for (const bool wide : {false, true}) {
    for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{0, 7}, {7, 0}, {0, 0}, {5000, 0}}) {
      tp::matrix<T> X(rows, cols), Y(rows, cols);
      CHECK(error_of([&] { tp::relu(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      CHECK(error_of([&] { tp::exp(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      CHECK(error_of([&] { tp::log(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      CHECK(error_of([&] { tp::tanh(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      CHECK(error_of([&] { tp::erf(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      CHECK(error_of([&] { tp::sigmoid(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      CHECK(error_of([&] { tp::softmax(view_of(X, wide), view_of(Y, wide)); }) == "no error");
      tp::matrix<T> dZ(rows, cols);
      CHECK(tp::softmax_cross_entropy(view_of(X, wide), view_of(Y, wide), view_of(dZ, wide),
                                      tp::reduction::sum) == 0);
      CHECK(tp::sigmoid_cross_entropy(view_of(X, wide), view_of(Y, wide), view_of(dZ, wide),
                                      tp::reduction::sum) == 0);
      CHECK(tp::mean_squared_error(view_of(X, wide), view_of(Y, wide), view_of(dZ, wide),
                                   tp::reduction::sum) == 0);
      for (const tp::activation f : all_activations)
        CHECK(error_of([&] { tp::activate(f, view_of(X, wide), view_of(Y, wide)); }) == "no error");
      if (rows == 0) continue;
      CHECK(tp::softmax_cross_entropy(view_of(X, wide), view_of(Y, wide), view_of(dZ, wide)) == 0);
    }
  }
  tp::matrix<T> Z(0, 3), dZ(0, 3);
  const std::vector<std::int32_t> classes;
  CHECK(tp::softmax_cross_entropy(Z, classes, dZ, tp::reduction::sum) == 0);
  const std::span<T> nothing;
  const std::span<const T> no_gradients;
  CHECK(error_of([&] { tp::update(tp::sgd{}, nothing, no_gradients); }) == "no error");
  for (const tp::sgd& rule :
       {tp::sgd{.weight_decay = 0.1}, tp::sgd{.momentum = 0.9}, tp::sgd{.momentum = 0.9, .nesterov = true}}) {
    CHECK(error_of([&] { tp::update(rule, nothing, no_gradients, nothing); }) == "no error");
  }
  const auto by_adam = [&](const auto& rule) {
    return error_of([&] { tp::update(rule, nothing, no_gradients, nothing, nothing, next({}, rule)); });
  };
  CHECK(by_adam(tp::adam{}) == "no error");
  CHECK(by_adam(tp::adamw{}) == "no error");
}

TEMPLATE_TEST_CASE("with no classes every class index is out of range", "[edges][empty]", float, double) {
  using T = TestType;
  const tp::matrix<T> Z(2, 0);
  tp::matrix<T> dZ(2, 0);
  const std::int32_t classes[] = {0, 0};
  const std::string loss = error_of([&] { (void)tp::softmax_cross_entropy(Z, classes, dZ); });
  CHECK(loss.substr(0, 38) == "softmax_cross_entropy: class 0 of row ");
  CHECK(loss.find("18446744073709551615") == std::string::npos);
  const std::string share = error_of([&] { (void)tp::accuracy(Z, classes); });
  CHECK(share.substr(0, 25) == "accuracy: class 0 of row ");
  CHECK(share.find("18446744073709551615") == std::string::npos);
}

TEMPLATE_TEST_CASE("a step over no rows changes nothing", "[edges][empty]", float, double) {
  using T = TestType;
  const tp::matrix<T> none(0, 3), no_targets(0, 2);
  const std::vector<std::int32_t> no_classes;
  const auto X = filled<T>(4, 3, 1), Y = filled<T>(4, 2, T(0.25));
  for (const bool after_another : {false, true}) {
    for (const tp::schedule how : all_schedules) {
      for (const tp::loss loss : all_losses) {
        for (const tp::activation f : {tp::activation::relu, tp::activation::gelu_tanh}) {
          tp::mlp<T> net({3, 5, 2},
                         {.activation = f, .loss = loss, .reduction = tp::reduction::sum, .schedule = how});
          if (after_another) net.train_step(X, Y, tp::sgd{});
          INFO("after another step: " << after_another << ", loss " << static_cast<int>(loss)
                                      << ", activation " << static_cast<int>(f));
          const tp::mlp<T> before(net);
          CHECK(net.train_step(none, no_targets, tp::sgd{}) == 0);
          if (loss == tp::loss::softmax_cross_entropy) {
            CHECK(net.train_step(none, no_classes, tp::sgd{}) == 0);
          }
          tp::matrix<T> dX(0, 3);
          CHECK(net.compute_gradients(none, no_targets) == 0);
          CHECK(net.compute_gradients(none, no_targets, tp::gradient_mode::overwrite, dX) == 0);
          CHECK(net.compute_gradients(none, no_targets, tp::gradient_mode::ignore, dX) == 0);
          CHECK(net.compute_gradients(none, no_targets, tp::gradient_mode::accumulate, dX) == 0);
          for (std::size_t l = 1; l <= 2; ++l) {
            CHECK(std::ranges::equal(net.parameters(l), before.parameters(l)));
            CHECK(all_are<T>(net.gradients(l), T(0)));
            CHECK(net.activations(l).rows() == 0);
            CHECK(net.activations(l).cols() == net.widths()[l]);
          }
          CHECK(net.clip_gradients(1) == 0);
          const tp::matrix<T> P = net.predict(none);
          CHECK(P.rows() == 0);
          CHECK(P.cols() == 2);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a network describes, predicts and checks 0 rows", "[edges][empty]", float, double) {
  using T = TestType;
  const tp::matrix<T> none(0, 3), no_targets(0, 2);
  for (const tp::schedule how : all_schedules) {
    for (const tp::loss loss : all_losses) {
      const tp::mlp<T> net({3, 5, 2}, {.loss = loss, .reduction = tp::reduction::sum, .schedule = how});
      INFO("schedule " << static_cast<int>(how) << ", loss " << static_cast<int>(loss));
      CHECK(net.memory(0) >= net.parameters(1).size_bytes() + net.parameters(2).size_bytes());
      CHECK(net.memory(0) < net.memory(100));
      CHECK(net.describe(0).find(" 1 thread, ") != std::string::npos);
      tp::matrix<T> P(0, 2);
      for (const bool wide : {false, true}) {
        tp::matrix<T> X(0, 3);
        CHECK(error_of([&] { net.predict(view_of(X, wide), view_of(P, wide)); }) == "no error");
        tp::predictor<T> ready(net, 0);
        CHECK(ready.rows() == 0);
        CHECK(error_of([&] { ready.predict(view_of(X, wide), view_of(P, wide)); }) == "no error");
      }
      const tp::gradient_check check = check_gradients(net, none, no_targets);
      CHECK(check.largest_error == 0);
      CHECK(check.largest_gradient == 0);
    }
  }
}

TEST_CASE("an empty trace has no spans", "[edges][empty]") {
  const tp::trace never;
  CHECK(never.spans().empty());
  CHECK(never.dropped() == 0);
  CHECK(never.busy_ns("dW1") == 0);
  CHECK(never.overlap("dW1", "dZ1") == 0);
}

// The gradient is 0, not absent: moments decay, and still move the weights.
TEMPLATE_TEST_CASE("a step over no rows is a step with zero gradients", "[edges][empty]", float, double) {
  using T = TestType;
  const tp::matrix<T> none(0, 3), no_targets(0, 2);
  const auto X = filled<T>(4, 3, 1), Y = filled<T>(4, 2, T(0.25));
  for (const tp::optimizer& rule :
       {tp::optimizer(tp::sgd{.weight_decay = 0.1}), tp::optimizer(tp::sgd{.momentum = 0.9}),
        tp::optimizer(tp::sgd{.momentum = 0.9, .nesterov = true}), tp::optimizer(tp::adam{}),
        tp::optimizer(tp::adamw{})}) {
    for (const tp::schedule how : all_schedules) {
      INFO("optimiser " << rule.index() << ", schedule " << static_cast<int>(how));
      tp::mlp<T> net({3, 5, 2}, {.reduction = tp::reduction::sum, .schedule = how});
      net.train_step(X, Y, rule);
      tp::mlp<T> in_parts(net);
      CHECK(net.train_step(none, no_targets, rule) == 0);
      in_parts.compute_gradients(none, no_targets);
      CHECK(all_are<T>(in_parts.gradients(1), T(0)));
      in_parts.apply(rule);
      CHECK(net.progress() == in_parts.progress());
      CHECK(net.progress().updates == 2);
      for (std::size_t l = 1; l <= 2; ++l) {
        CHECK(std::ranges::equal(net.parameters(l), in_parts.parameters(l)));
        CHECK(std::ranges::equal(net.moments(l, 1), in_parts.moments(l, 1)));
        CHECK(std::ranges::equal(net.moments(l, 2), in_parts.moments(l, 2)));
      }
    }
  }
}
