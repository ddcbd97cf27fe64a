// SPDX-License-Identifier: MIT
// Sizes that overflow are refused; they do not wrap around to small ones.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "edges/refusal.hpp"
#include "support/address_space.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

}  // namespace

TEMPLATE_TEST_CASE("matrices and networks beyond the address space", "[edges][sizes]", float, double) {
  using T = TestType;
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{largest, largest},
                                   {largest, 1},
                                   {1, largest},
                                   {std::size_t{1} << 32, std::size_t{1} << 32},
                                   {std::size_t{1} << 61, 8},
                                   {largest / sizeof(T) / 2 + 1, 1}}) {
    CHECK(error_of([&, r = rows, c = cols] { tp::matrix<T>(r, c); }) ==
          "matrix: " + std::to_string(rows) + "x" + std::to_string(cols) +
              " elements exceed the address space");
  }
  CHECK_THROWS_AS(tp::matrix<T>(std::size_t{1} << 50, 8), std::bad_alloc);
  T x = 0;
  CHECK(error_of([&] { tp::matrix_view<T>(std::span<T>(&x, 1), largest / 2, 2 + 1); }) ==
        "matrix_view: a span of 1 elements is too short for " + std::to_string(largest / 2) + "x3");
  CHECK(error_of([] {
          tp::mlp<T>({largest / 2, 4});
        }) == "mlp: layer " + std::to_string(largest / 2) + "x4 exceeds the address space");
}

TEMPLATE_TEST_CASE("batches beyond the address space", "[edges][sizes]", float, double) {
  using T = TestType;
  for (const tp::schedule how : {tp::schedule::sequential, tp::schedule::concurrent, tp::schedule::row_blocks,
                                 tp::schedule::automatic}) {
    const tp::mlp<T> net({3, 400, 2}, {.activation = tp::activation::gelu_erf, .schedule = how});
    // Every form keeps the loss of each row.
    for (std::size_t rows = 1; rows < std::size_t{1} << 44; rows *= 8)
      CHECK(net.memory(rows, tp::adam{}) >= rows * sizeof(T));
    for (const std::size_t rows : {largest, largest / 2, largest / 400 + 1, largest / 1600 + 1,
                                   std::size_t{1} << 62, std::size_t{1} << 52}) {
      const std::string text = std::to_string(rows) + " rows exceed the address space";
      CHECK(error_of([&] { (void)net.memory(rows); }) == "mlp: " + text);
      CHECK(error_of([&] { (void)net.memory(rows, tp::adam{}); }) == "mlp: " + text);
      CHECK(error_of([&] { (void)net.describe(rows); }) == "mlp: " + text);
      CHECK(error_of([&] { tp::predictor<T>(net, rows); }) == "predictor: " + text);
    }
    CHECK_THROWS_AS(tp::predictor<T>(net, std::size_t{1} << 44), std::bad_alloc);
  }
}

TEMPLATE_TEST_CASE("a batch whose activations exceed the memory", "[edges][sizes]", float, double) {
  using T = TestType;
  // 2^40 rows of one element each. No page is touched before the step is refused.
  const std::size_t rows = std::size_t{1} << 40;
  std::optional<sparse_memory<T>> X, Y;
  try {
    X.emplace(rows);
    Y.emplace(rows);
  } catch (const std::bad_alloc&) {
    WARN("address space for 2^40 rows is not available: not tested");
    return;
  }
  const tp::matrix_view<T> x(X->data(), rows, 1), y(Y->data(), rows, 1);
  tp::mlp<T> net({1, 1 << 12, 1},
                 {.loss = tp::loss::mean_squared_error, .schedule = tp::schedule::sequential});
  const tp::mlp<T> before(net);
  CHECK_THROWS_AS(net.train_step(x, y, tp::sgd{}), std::bad_alloc);
  CHECK_THROWS_AS(net.compute_gradients(x, y), std::bad_alloc);
  CHECK_THROWS_AS(net.predict(x, y), std::bad_alloc);
  const auto few = x.block(0, 0, 4, 1);
  tp::mlp<T> other(before);
  CHECK(net.train_step(few, y.block(0, 0, 4, 1), tp::sgd{}) ==
        other.train_step(few, y.block(0, 0, 4, 1), tp::sgd{}));
  CHECK(std::ranges::equal(net.parameters(1), other.parameters(1)));
}
