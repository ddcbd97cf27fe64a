// SPDX-License-Identifier: MIT
// Sigmoid cross-entropy and the squared error have the bits of the contract, and all losses the values of
// PyTorch.
#include <twinpath/mean_squared_error.hpp>
#include <twinpath/sigmoid_cross_entropy.hpp>
#include <twinpath/softmax.hpp>

#include <cmath>
#include <limits>

#include "pytorch.hpp"
#include "support/arithmetic.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::loss;
using tp::reduction;

template <class T>
using function = T (*)(tp::matrix_view<const T>, tp::matrix_view<const T>, tp::matrix_view<T>, reduction);

template <class T>
struct named_loss {
  loss which;
  function<T> fast;
};

template <class T>
constexpr named_loss<T> losses[] = {{loss::sigmoid_cross_entropy, tp::sigmoid_cross_entropy},
                                    {loss::mean_squared_error, tp::mean_squared_error}};

template <class T>
T reference(loss which, const tp::matrix<T>& Z, const tp::matrix<T>& Y, tp::matrix<T>& dZ, reduction how) {
  return with_arithmetic([&]<class arithmetic>(arithmetic) {
    return tp::contract::loss_and_error<arithmetic, T>(which, Z, Y, dZ, how);
  });
}

template <class T>
void check(const tp::matrix<T>& z, const tp::matrix<T>& y) {
  for (const auto& [which, fast] : losses<T>) {
    for (const reduction how : {reduction::mean, reduction::sum}) {
      tp::matrix<T> expected(z.rows(), z.cols());
      const T total = reference(which, z, y, expected, how);
      for (std::size_t l = 0; l < std::size(layouts); ++l) {
        CAPTURE(static_cast<int>(which), z.rows(), z.cols(), l);
        padded_matrix<T> Z(z.view(), layouts[l]);
        padded_matrix<T> Y(y.view(), layouts[(l + 1) % std::size(layouts)]);
        padded_matrix<T> dZ(z.rows(), z.cols(), layouts[(l + 2) % std::size(layouts)]);
        REQUIRE(same_bits(fast(Z.view(), Y.view(), dZ.view(), how), total));
        REQUIRE(difference<T>(dZ.view(), expected) == "");
        REQUIRE(dZ.padding_untouched());
        // dZ in the memory of Z, then of Y.
        REQUIRE(same_bits(fast(Z.view(), Y.view(), Z.view(), how), total));
        REQUIRE(difference<T>(Z.view(), expected) == "");
        Z.assign(z);
        REQUIRE(same_bits(fast(Z.view(), Y.view(), Y.view(), how), total));
        REQUIRE(difference<T>(Y.view(), expected) == "");
        REQUIRE((Z.padding_untouched() && Y.padding_untouched()));
      }
    }
  }
}

template <class T>
tp::matrix<T> scaled(tp::matrix<T> x, T factor) {
  for (T& e : x.elements()) e = e * factor;
  return x;
}

template <std::size_t rows, std::size_t cols, class T>
void fill(tp::matrix<T>& to, const double (&from)[rows][cols]) {
  to = tp::matrix<T>(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) to(i, j) = static_cast<T>(from[i][j]);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("losses of every width and batch", "[loss]", float, double) {
  using T = TestType;
  generator random(31);
  for (std::size_t n = 1; n <= 150; ++n) {
    check(scaled(uniform_matrix<T>(3, n, random), T(20)), uniform_matrix<T>(3, n, random));
    if (n % 5 == 0) check(special_matrix<T>(2, n, random), special_matrix<T>(2, n, random));
  }
  for (std::size_t m = 1; m <= 70; ++m)
    check(scaled(uniform_matrix<T>(m, 5, random), T(20)), uniform_matrix<T>(m, 5, random));
}

TEMPLATE_TEST_CASE("binary cross-entropy of saturated scores", "[loss]", float, double) {
  using T = TestType;
  const T infinity = std::numeric_limits<T>::infinity();
  const T huge = std::numeric_limits<T>::max();
  struct row {
    T z, y, loss, dz;
  };
  const row rows[] = {
      {-infinity, 0, 0, 0},
      {infinity, 1, 0, 0},
      {-infinity, 1, infinity, -1},
      {infinity, 0, infinity, 1},
      {-infinity, T(0.5), infinity, T(-0.5)},
      {infinity, T(0.5), infinity, T(0.5)},
      {-huge, 0, 0, 0},
      {huge, 1, 0, 0},
      {-huge, 1, huge, -1},
      {huge, 0, huge, 1},
  };
  for (const row& r : rows) {
    for (const std::size_t n : {1, 5, 16, 70}) {
      CAPTURE(r.z, r.y, n);
      tp::matrix<T> Z(1, n), Y(1, n), dZ(1, n);
      // One such score among others that cost nothing.
      for (T& z : Z.elements()) z = -infinity;
      Z(0, n - 1) = r.z;
      Y(0, n - 1) = r.y;
      CHECK(tp::sigmoid_cross_entropy(Z, Y, dZ, reduction::sum) == r.loss);
      CHECK(dZ(0, n - 1) == r.dz);
      check(Z, Y);
    }
  }
}

TEMPLATE_TEST_CASE("losses over threads", "[loss]", float, double) {
  using T = TestType;
  generator random(32);
  const tp::matrix<T> Z = uniform_matrix<T>(1500, 11, random);
  const tp::matrix<T> Y = uniform_matrix<T>(1500, 11, random);
  std::size_t shared = 0;
  for (const std::size_t threads : thread_counts) {
    on_threads(threads, [&] {
      check(Z, Y);
      tp::matrix<T> dZ(1500, 11);
      shared += pieces_of("loss", [&] { tp::mean_squared_error(Z, Y, dZ); }) > 1 ? 1 : 0;
    });
  }
  CHECK(shared >= 1);
}

TEMPLATE_TEST_CASE("losses are PyTorch's", "[loss]", float, double) {
  using T = TestType;
  const double unit = std::numeric_limits<T>::epsilon();
  tp::matrix<T> Z, soft, labels, values;
  fill(Z, pytorch::scores);
  fill(soft, pytorch::soft_targets);
  fill(labels, pytorch::binary_targets);
  fill(values, pytorch::regression_targets);
  tp::matrix<T> dZ(Z.rows(), Z.cols());
  const auto close = [&](T total, double expected, const double(&gradient)[pytorch::rows][pytorch::columns]) {
    CHECK(std::abs(total - expected) <= 16 * unit * std::max(1.0, std::abs(expected)));
    for (std::size_t i = 0; i < Z.rows(); ++i) {
      for (std::size_t j = 0; j < Z.cols(); ++j)
        CHECK(std::abs(dZ(i, j) - gradient[i][j]) <= 16 * unit * std::max(1.0, std::abs(gradient[i][j])));
    }
  };
  const auto both = [&](const auto& run, const pytorch::loss& expected) {
    close(run(reduction::mean), expected.mean, expected.mean_gradient);
    close(run(reduction::sum), expected.sum, expected.sum_gradient);
  };
  both([&](reduction how) { return tp::softmax_cross_entropy(Z, soft, dZ, how); },
       pytorch::cross_entropy_soft);
  both([&](reduction how) { return tp::softmax_cross_entropy(Z, pytorch::classes, dZ, how); },
       pytorch::cross_entropy_classes);
  both([&](reduction how) { return tp::sigmoid_cross_entropy(Z, labels, dZ, how); },
       pytorch::binary_cross_entropy);
  both([&](reduction how) { return tp::mean_squared_error(Z, values, dZ, how); },
       pytorch::mean_squared_error);
}
