// SPDX-License-Identifier: MIT
// The smallest example, 10x3 -> 4 -> 2 in double: every intermediate against plain loops.
#include <twinpath/twinpath.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/schedules.hpp"

namespace {

namespace tp = twinpath;
using matrix = tp::matrix<double>;
using view = tp::matrix_view<const double>;
using row = std::span<const double>;

constexpr std::size_t batch = 10, inputs = 3, hidden = 4, outputs = 2;
constexpr double rate = 0.3;

struct example {
  matrix X = matrix(batch, inputs);
  matrix W1 = matrix(inputs, hidden);
  matrix b1 = matrix(1, hidden);
  matrix W2 = matrix(hidden, outputs);
  matrix b2 = matrix(1, outputs);
  matrix Y = matrix(batch, outputs);
  std::vector<std::int32_t> classes;

  example() {
    tests::generator random(2);
    for (matrix* m : {&X, &W1, &b1, &W2, &b2}) {
      for (double& x : m->elements()) x = 2 * random.uniform<double>();
    }
    for (std::size_t i = 0; i < batch; ++i) {
      classes.push_back(static_cast<std::int32_t>(random.below(outputs)));
      Y(i, static_cast<std::size_t>(classes[i])) = 1;
    }
  }
};

/// All results of one step; W1, b1, W2 and b2 are the updated parameters.
struct step {
  matrix Z1 = matrix(batch, hidden);
  matrix A1 = matrix(batch, hidden);
  matrix Z2 = matrix(batch, outputs);
  matrix A2 = matrix(batch, outputs);
  double L = 0;
  matrix dZ2 = matrix(batch, outputs);
  matrix dW2 = matrix(hidden, outputs);
  matrix db2 = matrix(1, outputs);
  matrix dA1 = matrix(batch, hidden);
  matrix dZ1 = matrix(batch, hidden);
  matrix dW1 = matrix(inputs, hidden);
  matrix db1 = matrix(1, hidden);
  matrix W1, b1, W2, b2;
};

matrix plus_bias_of_product(const matrix& A, const matrix& W, const matrix& b) {
  matrix Z(A.rows(), W.cols());
  for (std::size_t i = 0; i < Z.rows(); ++i) {
    for (std::size_t j = 0; j < Z.cols(); ++j) {
      // From the bias and with descending k, so that the order differs from the library's.
      double z = b(0, j);
      for (std::size_t p = W.rows(); p-- > 0;) z += A(i, p) * W(p, j);
      Z(i, j) = z;
    }
  }
  return Z;
}

void gradients_of_parameters(const matrix& A, const matrix& dZ, matrix& dW, matrix& db) {
  for (std::size_t i = dZ.rows(); i-- > 0;) {
    for (std::size_t j = 0; j < dZ.cols(); ++j) {
      db(0, j) += dZ(i, j);
      for (std::size_t p = 0; p < A.cols(); ++p) dW(p, j) += A(i, p) * dZ(i, j);
    }
  }
}

matrix descended(const matrix& w, const matrix& gradient) {
  matrix result(w);
  for (std::size_t i = 0; i < w.size(); ++i) result.data()[i] -= rate * gradient.data()[i];
  return result;
}

/// The textbook's formulas, the loss without a shift and without log-sum-exp.
step by_plain_loops(const example& e, tp::reduction how) {
  const double divisor = how == tp::reduction::mean ? batch : 1;
  step s;
  s.Z1 = plus_bias_of_product(e.X, e.W1, e.b1);
  for (std::size_t i = 0; i < s.Z1.size(); ++i) s.A1.data()[i] = std::fmax(0.0, s.Z1.data()[i]);
  s.Z2 = plus_bias_of_product(s.A1, e.W2, e.b2);
  for (std::size_t i = 0; i < batch; ++i) {
    double total = 0;
    for (std::size_t j = outputs; j-- > 0;) total += std::exp(s.Z2(i, j));
    for (std::size_t j = 0; j < outputs; ++j) {
      s.A2(i, j) = std::exp(s.Z2(i, j)) / total;
      s.dZ2(i, j) = (s.A2(i, j) - e.Y(i, j)) / divisor;
      s.L -= e.Y(i, j) * std::log(s.A2(i, j)) / divisor;
    }
  }
  gradients_of_parameters(s.A1, s.dZ2, s.dW2, s.db2);
  for (std::size_t i = 0; i < batch; ++i) {
    for (std::size_t p = 0; p < hidden; ++p) {
      for (std::size_t j = outputs; j-- > 0;) s.dA1(i, p) += s.dZ2(i, j) * e.W2(p, j);
      if (s.Z1(i, p) > 0) s.dZ1(i, p) = s.dA1(i, p);
    }
  }
  gradients_of_parameters(e.X, s.dZ1, s.dW1, s.db1);
  s.W1 = descended(e.W1, s.dW1);
  s.b1 = descended(e.b1, s.db1);
  s.W2 = descended(e.W2, s.dW2);
  s.b2 = descended(e.b2, s.db2);
  return s;
}

bool close(double actual, double expected) {
  return std::abs(actual - expected) <= 1e-12 * std::abs(expected);
}

/// Empty if the relative error of each element is at most 1e-12; a 0 must be exact.
std::string mismatch(view actual, view expected) {
  if (actual.rows() != expected.rows() || actual.cols() != expected.cols()) return "another shape";
  for (std::size_t i = 0; i < expected.rows(); ++i) {
    for (std::size_t j = 0; j < expected.cols(); ++j) {
      if (close(actual(i, j), expected(i, j))) continue;
      return "element (" + std::to_string(i) + ", " + std::to_string(j) + ") is " +
             tests::text_of(actual(i, j)) + ", expected " + tests::text_of(expected(i, j));
    }
  }
  return {};
}

std::string mismatch(row actual, const matrix& expected) {
  return mismatch(view(actual, 1, actual.size()), expected);
}

std::span<double> elements(matrix& m) {
  return m.elements();
}
row elements(const matrix& m) {
  return m.elements();
}

tp::mlp<double> network(const example& e, tp::reduction how, tp::schedule schedule) {
  tp::mlp<double> net({inputs, hidden, outputs}, {.seed = 1, .reduction = how, .schedule = schedule});
  const auto set = [](tp::matrix_view<double> to, const matrix& from) {
    for (std::size_t i = 0; i < from.rows(); ++i) {
      for (std::size_t j = 0; j < from.cols(); ++j) to(i, j) = from(i, j);
    }
  };
  set(net.weights(1), e.W1);
  set(net.weights(2), e.W2);
  set({net.bias(1), 1, hidden}, e.b1);
  set({net.bias(2), 1, outputs}, e.b2);
  return net;
}

void check_gradients(const tp::mlp<double>& net, const step& expected) {
  CHECK(mismatch(net.activations(1), expected.A1) == "");
  CHECK(mismatch(net.activations(2), expected.Z2) == "");
  CHECK(mismatch(net.weight_gradients(1), expected.dW1) == "");
  CHECK(mismatch(net.bias_gradients(1), expected.db1) == "");
  CHECK(mismatch(net.weight_gradients(2), expected.dW2) == "");
  CHECK(mismatch(net.bias_gradients(2), expected.db2) == "");
}

void check_parameters(const tp::mlp<double>& net, const step& expected) {
  CHECK(mismatch(net.weights(1), expected.W1) == "");
  CHECK(mismatch(net.bias(1), expected.b1) == "");
  CHECK(mismatch(net.weights(2), expected.W2) == "");
  CHECK(mismatch(net.bias(2), expected.b2) == "");
}

}  // namespace

TEST_CASE("the example has the properties that the tests need", "[gradients][notes]") {
  const example e;
  const step s = by_plain_loops(e, tp::reduction::mean);
  std::size_t classes_seen[outputs] = {};
  for (const std::int32_t c : e.classes) ++classes_seen[c];
  for (const std::size_t seen : classes_seen) CHECK(seen != 0);
  for (std::size_t j = 0; j < hidden; ++j) {
    std::size_t open = 0;
    for (std::size_t i = 0; i < batch; ++i) open += s.Z1(i, j) > 0 ? 1 : 0;
    CHECK(open > 0);
    CHECK(open < batch);
  }
  for (const matrix* m : {&s.dW2, &s.db2, &s.dW1, &s.db1, &s.dA1}) {
    for (const double x : m->elements()) CHECK(std::abs(x) > 1e-6);
  }
}

TEST_CASE("products, sums and elementwise functions give the example's intermediates", "[gradients][notes]") {
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  const example e;
  const step s = by_plain_loops(e, how);
  step x;

  // Without the bias, which is 0 here.
  tp::gemm(e.X, e.W1, x.Z1);
  CHECK(mismatch(x.Z1, plus_bias_of_product(e.X, e.W1, matrix(1, hidden))) == "");
  // C starts as the bias in every row.
  for (std::size_t i = 0; i < batch; ++i) {
    for (std::size_t j = 0; j < hidden; ++j) x.Z1(i, j) = e.b1(0, j);
    for (std::size_t j = 0; j < outputs; ++j) x.Z2(i, j) = e.b2(0, j);
  }
  tp::gemm(e.X, e.W1, x.Z1, 1, 1);
  CHECK(mismatch(x.Z1, s.Z1) == "");
  tp::relu(x.Z1, x.A1);
  CHECK(mismatch(x.A1, s.A1) == "");
  tp::gemm(x.A1, e.W2, x.Z2, 1, 1);
  CHECK(mismatch(x.Z2, s.Z2) == "");
  tp::softmax(x.Z2, x.A2);
  CHECK(mismatch(x.A2, s.A2) == "");
  x.L = tp::softmax_cross_entropy(x.Z2, e.Y, x.dZ2, how);
  CHECK(close(x.L, s.L));
  CHECK(mismatch(x.dZ2, s.dZ2) == "");

  tp::gemm(tp::transposed(x.A1), x.dZ2, x.dW2);
  CHECK(mismatch(x.dW2, s.dW2) == "");
  tp::column_sums(x.dZ2, elements(x.db2));
  CHECK(mismatch(x.db2, s.db2) == "");
  tp::gemm(x.dZ2, tp::transposed(e.W2), x.dA1);
  CHECK(mismatch(x.dA1, s.dA1) == "");
  tp::gemm(tp::transposed(e.X), s.dZ1, x.dW1);
  CHECK(mismatch(x.dW1, s.dW1) == "");
  tp::column_sums(s.dZ1, elements(x.db1));
  CHECK(mismatch(x.db1, s.db1) == "");

  matrix W1(e.W1), b2(e.b2);
  tp::update(tp::sgd{.learning_rate = rate}, elements(W1), elements(s.dW1));
  CHECK(mismatch(W1, s.W1) == "");
  tp::update(tp::sgd{.learning_rate = rate}, elements(b2), elements(s.db2));
  CHECK(mismatch(b2, s.b2) == "");
}

TEST_CASE("the functions of a layer give the example's intermediates", "[gradients][notes]") {
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  const example e;
  const step s = by_plain_loops(e, how);
  step x;

  tp::dense_forward(e.X, e.W1, elements(e.b1), tp::activation::identity, x.Z1);
  CHECK(mismatch(x.Z1, s.Z1) == "");
  tp::dense_forward(e.X, e.W1, elements(e.b1), tp::activation::relu, x.A1);
  CHECK(mismatch(x.A1, s.A1) == "");
  tp::dense_forward(x.A1, e.W2, elements(e.b2), tp::activation::identity, x.Z2);
  CHECK(mismatch(x.Z2, s.Z2) == "");
  x.L = tp::softmax_cross_entropy(x.Z2, e.classes, x.dZ2, how);
  CHECK(close(x.L, s.L));
  CHECK(mismatch(x.dZ2, s.dZ2) == "");

  tp::parameter_path(x.A1, x.dZ2, x.dW2, elements(x.db2));
  CHECK(mismatch(x.dW2, s.dW2) == "");
  CHECK(mismatch(x.db2, s.db2) == "");
  tp::backprop_path(x.dZ2, e.W2, x.A1, x.dA1, tp::activation::identity);
  CHECK(mismatch(x.dA1, s.dA1) == "");
  tp::backprop_path(x.dZ2, e.W2, x.A1, x.dZ1, tp::activation::relu);
  CHECK(mismatch(x.dZ1, s.dZ1) == "");
  tp::parameter_path(e.X, x.dZ1, x.dW1, elements(x.db1));
  CHECK(mismatch(x.dW1, s.dW1) == "");
  CHECK(mismatch(x.db1, s.db1) == "");
}

TEST_CASE("both paths at once give the example's intermediates under every schedule", "[gradients][notes]") {
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  const example e;
  const step s = by_plain_loops(e, how);
  for (const tp::schedule schedule : tests::all_schedules) {
    step x;
    tp::backward(schedule, s.A1, s.dZ2, e.W2, x.dW2, elements(x.db2), x.dZ1, tp::activation::relu);
    CHECK(mismatch(x.dW2, s.dW2) == "");
    CHECK(mismatch(x.db2, s.db2) == "");
    CHECK(mismatch(x.dZ1, s.dZ1) == "");
    tp::backward(schedule, s.A1, s.dZ2, e.W2, x.dW2, elements(x.db2), x.dA1, tp::activation::identity);
    CHECK(mismatch(x.dA1, s.dA1) == "");
  }
}

TEST_CASE("a network gives the example's intermediates", "[gradients][notes]") {
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  const example e;
  const step s = by_plain_loops(e, how);
  for (const tp::schedule schedule : tests::all_schedules) {
    tp::mlp<double> net = network(e, how, schedule);
    CHECK(mismatch(net.predict(e.X), s.A2) == "");
    CHECK(close(net.compute_gradients(e.X, e.Y), s.L));
    check_gradients(net, s);
    net.apply(tp::sgd{.learning_rate = rate});
    check_parameters(net, s);

    net = network(e, how, schedule);
    CHECK(close(net.train_step(e.X, e.Y, tp::sgd{.learning_rate = rate}), s.L));
    check_parameters(net, s);

    net = network(e, how, schedule);
    CHECK(close(net.train_step(e.X, e.classes, tp::sgd{.learning_rate = rate}), s.L));
    check_parameters(net, s);
  }
}

TEST_CASE("parameters and gradients of a layer lie in one piece", "[gradients][notes]") {
  const example e;
  const step s = by_plain_loops(e, tp::reduction::mean);
  tp::mlp<double> net = network(e, tp::reduction::mean, tp::schedule::automatic);
  net.compute_gradients(e.X, e.Y);
  const auto joined = [](const matrix& W, const matrix& b) {
    std::vector<double> all(W.elements().begin(), W.elements().end());
    all.insert(all.end(), b.elements().begin(), b.elements().end());
    matrix one_row(1, all.size());
    std::ranges::copy(all, one_row.data());
    return one_row;
  };
  CHECK(mismatch(std::as_const(net).parameters(1), joined(e.W1, e.b1)) == "");
  CHECK(mismatch(std::as_const(net).parameters(2), joined(e.W2, e.b2)) == "");
  CHECK(mismatch(net.gradients(1), joined(s.dW1, s.db1)) == "");
  CHECK(mismatch(net.gradients(2), joined(s.dW2, s.db2)) == "");
}
