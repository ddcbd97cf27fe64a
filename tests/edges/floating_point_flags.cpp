// SPDX-License-Identifier: MIT
// Harmless data raise no floating-point flag: neither do the lanes of a vector that have no element, nor
// branches that are computed and not selected. So a program may let invalid operations, divisions by zero and
// overflows stop it.
#include <twinpath/twinpath.hpp>

#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

/// The flags that the body raises on one thread, without those of rounding and underflow.
template <class Body>
int flags_of(const Body& body) {
  int flags = 0;
  on_threads(1, [&] {
    std::feclearexcept(FE_ALL_EXCEPT);
    body();
    flags = std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
  });
  return flags;
}

/// Scores around `level`, of which every fifth is -Inf if `masked`.
template <class T>
tp::matrix<T> scores(std::size_t m, std::size_t n, double level, bool masked) {
  tp::matrix<T> Z(m, n);
  for (std::size_t i = 0; i < Z.size(); ++i) {
    const bool out = masked && i % n % 5 == 4;
    Z.elements()[i] = out ? -std::numeric_limits<T>::infinity() : T(level + double(i % 7) / 8);
  }
  return Z;
}

}  // namespace

TEST_CASE("flags are seen", "[flags]") {
  volatile double largest = std::numeric_limits<double>::max();
  CHECK(flags_of([&] { largest = largest * 2; }) == FE_OVERFLOW);
}

TEMPLATE_TEST_CASE("softmax and losses raise no flag", "[flags]", float, double) {
  using T = TestType;
  for (std::size_t n = 0; n <= 150; ++n) {
    for (const double level : {0.0, -95.0, -800.0, 500.0}) {
      for (const bool masked : {false, true}) {
        CAPTURE(n, level, masked);
        const tp::matrix<T> Z = scores<T>(5, n, level, masked);
        tp::matrix<T> P(5, n), Y(5, n), dZ(5, n);
        std::vector<std::int32_t> classes(n == 0 ? 0 : 5);
        for (std::size_t i = 0; i < classes.size(); ++i) {
          classes[i] = static_cast<std::int32_t>(n < 5 ? 0 : i % 4);
          Y(i, static_cast<std::size_t>(classes[i])) = 1;
        }
        CHECK(flags_of([&] { tp::softmax(Z, P); }) == 0);
        CHECK(flags_of([&] { (void)tp::softmax_cross_entropy(Z, Y, dZ); }) == 0);
        tp::matrix<T> in_place = Z;
        CHECK(flags_of([&] { (void)tp::softmax_cross_entropy(in_place, Y, in_place); }) == 0);
        if (n != 0) CHECK(flags_of([&] { (void)tp::softmax_cross_entropy(Z, classes, dZ); }) == 0);
        if (n == 0) continue;
        const tp::matrix<T> labels(5, n);  // a score of -Inf has the label 0
        CHECK(flags_of([&] { (void)tp::sigmoid_cross_entropy(Z, labels, dZ); }) == 0);
        if (!masked) CHECK(flags_of([&] { (void)tp::mean_squared_error(Z, Y, dZ); }) == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("elementwise functions raise no flag", "[flags]", float, double) {
  using T = TestType;
  const T largest = std::numeric_limits<T>::max();
  for (std::size_t n = 1; n <= 70; ++n) {
    CAPTURE(n);
    tp::matrix<T> ordinary(1, n), positive(1, n), huge(1, n), out(1, n);
    for (std::size_t j = 0; j < n; ++j) {
      ordinary(0, j) = T(30) * T(j) - T(1000);
      positive(0, j) = std::ldexp(largest, -3 * static_cast<int>(j));
      huge(0, j) = j % 2 == 0 ? largest / T(j + 1) : -largest / T(j + 1);
    }
    for (const tp::activation f : all_activations) {
      CAPTURE(static_cast<int>(f));
      CHECK(flags_of([&] { tp::activate(f, tp::matrix_view<const T>(ordinary), out); }) == 0);
    }
    CHECK(flags_of([&] { tp::log(positive, out); }) == 0);
    CHECK(flags_of([&] { tp::erf(huge, out); }) == 0);
    for (const tp::activation f :
         {tp::activation::relu, tp::activation::sigmoid, tp::activation::tanh, tp::activation::gelu_erf})
      CHECK(flags_of([&] { tp::activate(f, tp::matrix_view<const T>(huge), out); }) == 0);
    std::vector<T> sums(n), row(1);
    CHECK(flags_of([&] { tp::column_sums(ordinary, sums); }) == 0);
    CHECK(flags_of([&] { tp::row_sums(ordinary, row); }) == 0);
  }
}

TEMPLATE_TEST_CASE("products raise no flag, whatever lies in the scratch memory", "[flags]", float, double) {
  using T = TestType;
  generator random(51);
  tp::matrix<T> filler(300, 300), all(300, 300);
  for (T& x : filler.elements()) x = std::numeric_limits<T>::max();
  tp::matrix<T> one(300, 300);
  for (T& x : one.elements()) x = T(1);
  const std::size_t sizes[] = {1, 2, 3, 5, 7, 10, 17, 31, 33, 50, 65, 100, 131};
  for (const std::size_t m : sizes) {
    for (const std::size_t n : sizes) {
      for (const std::size_t k : {1, 3, 17, 70, 300}) {
        CAPTURE(m, n, k);
        const tp::matrix<T> A = uniform_matrix<T>(m, k, random), B = uniform_matrix<T>(k, n, random);
        const tp::matrix<T> tA = uniform_matrix<T>(k, m, random), tB = uniform_matrix<T>(n, k, random);
        tp::matrix<T> C(m, n);
        if (m == n) {
          tp::gemm(filler, one, all);
          tp::gemm(one, filler, all);
        }
        CHECK(flags_of([&] { tp::gemm(A, B, C); }) == 0);
        CHECK(flags_of([&] { tp::gemm(tp::transposed(tA), B, C); }) == 0);
        CHECK(flags_of([&] { tp::gemm(A, tp::transposed(tB), C); }) == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("training raises no flag", "[flags]", float, double) {
  using T = TestType;
  generator random(52);
  for (const tp::loss which :
       {tp::loss::softmax_cross_entropy, tp::loss::sigmoid_cross_entropy, tp::loss::mean_squared_error}) {
    for (const tp::activation f : all_activations) {
      for (const std::size_t rows : {3, 100}) {
        CAPTURE(static_cast<int>(which), static_cast<int>(f), rows);
        tp::mlp<T> net({37, 65, 20}, {.seed = 1, .activation = f, .loss = which});
        const tp::matrix<T> X = uniform_matrix<T>(rows, 37, random);
        tp::matrix<T> Y(rows, 20);
        for (std::size_t i = 0; i < rows; ++i) Y(i, i % 20) = 1;
        CHECK(flags_of([&] {
                for (const tp::optimizer& rule :
                     {tp::optimizer(tp::adam{}), tp::optimizer(tp::adamw{}), tp::optimizer(tp::sgd{}),
                      tp::optimizer(tp::sgd{.momentum = 0.9}), tp::optimizer(tp::sgd{.weight_decay = 0.01})})
                  net.train_step(X, Y, rule);
                net.compute_gradients(X, Y);
                net.clip_gradients(0.01);
                net.apply(tp::adam{});
                (void)net.predict(X);
              }) == 0);
      }
    }
  }
}
