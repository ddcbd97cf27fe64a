// SPDX-License-Identifier: MIT
// NaN, infinities, zeros, subnormal and the largest numbers as factors of a product, in a bias, and in steps
// of training in every form: they affect the elements that the contract says, and no others.
#include <twinpath/twinpath.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/arithmetic.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/product_case.hpp"
#include "support/step_problem.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

template <class T>
std::vector<T> extremes() {
  using limits = std::numeric_limits<T>;
  return {limits::quiet_NaN(),  limits::infinity(), -limits::infinity(), T(0),          T(-0.0),
          limits::denorm_min(), -limits::min() / 4, limits::max(),       -limits::max()};
}

/// Small, narrow, packed with several blocks of k, and with several slices.
const shape product_shapes[] = {{5, 7, 3}, {40, 3, 90}, {33, 60, 400}, {16, 200, 210}, {9, 10, 9000}};

/// A network of each form of a step.
template <class T>
std::vector<step_problem<T>> some_problems() {
  std::vector<step_problem<T>> all;
  all.emplace_back(std::vector<std::size_t>{5, 6, 3}, 7, 2);
  all.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, 1);
  all.emplace_back(std::vector<std::size_t>{40, 96, 64, 5}, 70, 1);
  all.emplace_back(std::vector<std::size_t>{9, 20, 3}, 8300, 1);
  return all;
}

/// Trains under all schedules, on one and three threads, and returns differences from the contract.
template <class T>
std::string difference_of(const step_problem<T>& p) {
  const history<T> expected =
      with_arithmetic([&]<class arithmetic>(arithmetic) { return train_by_contract<arithmetic>(p); });
  std::string wrong;
  for (const std::size_t threads : {1u, 3u}) {
    on_threads(threads, [&] {
      for (const tp::schedule how : all_schedules) {
        if (wrong.empty()) wrong = difference(train(p, how), expected);
        if (!wrong.empty()) wrong += ", schedule " + std::to_string(static_cast<int>(how));
      }
    });
  }
  return wrong;
}

}  // namespace

TEMPLATE_TEST_CASE("extreme factors of a product", "[edges][extreme]", float, double) {
  using T = TestType;
  std::size_t products = 0;
  for (const shape& s : product_shapes) {
    product_case<T> x(s);
    x.old(s.m / 2, s.n - 1) = std::numeric_limits<T>::quiet_NaN();
    x.old(0, 0) = std::numeric_limits<T>::infinity();
    const stored_operands<T> stored(x.A, x.B, layouts[1], layouts[2]);
    std::vector<T> factors = extremes<T>();
    factors.push_back(T(0.5));
    for (const T alpha : factors) {
      for (const T beta : factors) {
        const tp::matrix<T> expected = x.expected(gemm_epilogue(alpha, beta));
        for (const unsigned form : {0u, 3u}) {
          padded_matrix<T> C(x.old.view(), layouts[1]);
          tp::gemm(stored.A((form & 1) != 0), stored.B((form & 2) != 0), C.view(), alpha, beta);
          CAPTURE(text_of(s), alpha, beta, form);
          REQUIRE(difference<T>(C.view(), expected) == "");
          REQUIRE(C.padding_untouched());
          // With a beta of 0 or -0 C is not read; with another beta extreme elements of C remain.
          const bool clean = !std::isnan(alpha) && std::isfinite(alpha) && std::isfinite(beta);
          if (clean) REQUIRE(std::isnan(C.view()(s.m / 2, s.n - 1)) == (beta != 0));
          ++products;
        }
      }
    }
  }
  CHECK(products == std::size(product_shapes) * 200);
}

TEMPLATE_TEST_CASE("an extreme bias affects its column alone", "[edges][extreme]", float, double) {
  using T = TestType;
  for (const shape& s : product_shapes) {
    product_case<T> x(s);
    tp::matrix<T> clean(s.m, s.n), Z(s.m, s.n), A(s.m, s.n);
    const auto forward = [&](tp::matrix<T>& to) {
      tp::dense_forward(x.A, x.B, std::as_const(x.bias).elements(), tp::activation::identity, to);
    };
    forward(clean);
    for (const std::size_t j : {std::size_t{0}, s.n / 2, s.n - 1}) {
      const T old = x.bias(0, j);
      for (const T bias : extremes<T>()) {
        x.bias(0, j) = bias;
        forward(Z);
        tp::dense_forward(x.A, x.B, std::as_const(x.bias).elements(), tp::activation::relu, A);
        std::size_t right = 0;
        for (std::size_t i = 0; i < s.m; ++i) {
          for (std::size_t c = 0; c < s.n; ++c) {
            const T wanted = c == j ? x.sum(i, c) + bias : clean(i, c);
            right += same_bits(Z(i, c), wanted) && same_bits(A(i, c), tp::contract::relu(wanted)) ? 1 : 0;
          }
        }
        CAPTURE(text_of(s), j, bias);
        REQUIRE(right == s.m * s.n);
      }
      x.bias(0, j) = old;
    }
  }
}

TEMPLATE_TEST_CASE("an extreme element affects its column sum and its row sum alone", "[edges][extreme]",
                   float, double) {
  using T = TestType;
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{5, 3}, {3000, 20}, {300, 530}}) {
    generator random(rows);
    tp::matrix<T> X = uniform_matrix<T>(rows, cols, random);
    for (const std::size_t threads : {1u, 2u, 3u}) {
      on_threads(threads, [&, r = rows, c = cols] {
        std::vector<T> columns(c), of_rows(r), with_columns(c), with_rows(r);
        tp::column_sums(X, std::span<T>(columns));
        tp::row_sums(X, std::span<T>(of_rows));
        for (const T value : extremes<T>()) {
          const std::size_t i = r - 1, j = c / 2;
          const T old = std::exchange(X(i, j), value);
          tp::column_sums(X, std::span<T>(with_columns));
          tp::row_sums(X, std::span<T>(with_rows));
          columns[j] = tp::contract::column_sum<T>(X, j);
          of_rows[i] = tp::contract::row_sum<T>(X.row(i));
          CAPTURE(r, c, threads, value);
          REQUIRE(difference<T>(std::span<const T>(with_columns), std::span<const T>(columns)) == "");
          REQUIRE(difference<T>(std::span<const T>(with_rows), std::span<const T>(of_rows)) == "");
          REQUIRE(same_bits(tp::sum(X), tp::contract::sum<T>(X)));
          X(i, j) = old;
        }
      });
    }
  }
}

TEMPLATE_TEST_CASE("an extreme number anywhere in a step of any form", "[edges][extreme]", float, double) {
  using T = TestType;
  std::size_t trainings = 0;
  for (const step_problem<T>& plain : some_problems<T>()) {
    const bool large = plain.X.rows() > 1000;
    for (const tp::loss which : {tp::loss::mean_squared_error, tp::loss::softmax_cross_entropy}) {
      for (const T value : extremes<T>()) {
        step_problem<T> p = plain;
        p.options.loss = which;
        const auto check = [&](const char* where) {
          INFO(p.text() << ", " << value << " in " << where);
          REQUIRE(difference_of(p) == "");
          ++trainings;
        };
        const std::size_t last = p.widths.size() - 1;
        const std::size_t row = p.X.rows() - 2;
        const T x = std::exchange(p.X(row, 1), value);
        check("X");
        p.X(row, 1) = x;
        const T y = std::exchange(p.Y(row, p.widths.back() - 1), value);
        check("Y");
        p.Y(row, p.widths.back() - 1) = y;
        if (large) continue;
        p.begin = {{1, p.widths[1] + 2, value}};
        check("W1");
        p.begin = {{1, p.widths[0] * p.widths[1] + 3, value}};
        check("b1");
        p.begin = {{last, p.widths[last] + 1, value}};
        check("the last W");
        p.begin = {{last, p.widths[last - 1] * p.widths[last] + 2, value}};
        check("the last b");
      }
    }
  }
  CHECK(trainings == 2 * 9 * (3 * 6 + 2));
}

TEMPLATE_TEST_CASE("a NaN target affects the parameters that lead to its output alone", "[edges][extreme]",
                   float, double) {
  using T = TestType;
  for (step_problem<T> p : some_problems<T>()) {
    p.options.loss = tp::loss::mean_squared_error;
    p.steps = 1;
    const std::size_t last = p.widths.size() - 1, outputs = p.widths[last], column = outputs - 2;
    const std::size_t row = p.X.rows() / 2;
    p.Y(row, column) = std::numeric_limits<T>::quiet_NaN();
    for (const std::size_t threads : {1u, 2u, 3u}) {
      for (const tp::schedule how : all_schedules) {
        on_threads(threads, [&] {
          tp::mlp<T> net = p.network(how), same = p.network(how);
          same.compute_gradients(p.X, p.Y);
          CHECK(std::isnan(net.train_step(p.X, p.Y, tp::sgd{.learning_rate = 0.01})));
          std::size_t wrong = 0;
          for (std::size_t i = 0; i < net.parameters(last).size(); ++i)
            wrong += std::isnan(net.parameters(last)[i]) == (i % outputs == column) ? 0 : 1;
          // A ReLU that is 0 stops it.
          const auto A = same.activations(last - 1);
          const std::size_t units = p.widths[last - 1];
          for (std::size_t i = 0; i < net.parameters(last - 1).size(); ++i)
            wrong += std::isnan(net.parameters(last - 1)[i]) == (A(row, i % units) > 0) ? 0 : 1;
          INFO(p.text() << ", " << threads << " threads, schedule " << static_cast<int>(how));
          CHECK(wrong == 0);
        });
      }
    }
  }
}
