// SPDX-License-Identifier: MIT
// Mini-batches: the order of the rows, the sizes, and errors.
#include <twinpath/batches.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <twinpath/mlp.hpp>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

using indices = std::vector<std::size_t>;

/// Row i holds i in its first column and is of class i; its targets are i and -i.
template <class T>
struct numbered_rows {
  tp::matrix<T> X;
  std::vector<std::int32_t> classes;
  tp::matrix<T> Y;

  explicit numbered_rows(std::size_t rows, std::size_t cols = 3)
      : X(some_matrix<T>(rows, cols)), classes(rows), Y(rows, 2) {
    std::iota(classes.begin(), classes.end(), 0);
    for (std::size_t i = 0; i < rows; ++i) {
      X(i, 0) = Y(i, 0) = static_cast<T>(i);
      Y(i, 1) = -static_cast<T>(i);
    }
  }
  [[nodiscard]] tp::batches<T> by_class(std::size_t batch_size, std::uint64_t seed = 1) const {
    return tp::batches(X, classes, batch_size, seed);
  }
  [[nodiscard]] tp::batches<T> by_matrix(std::size_t batch_size, std::uint64_t seed = 1) const {
    return tp::batches(X, Y, batch_size, seed);
  }
};

/// The rows of an epoch in their order.
template <class T>
indices order_of(tp::batches<T>& data, std::size_t epoch) {
  indices order;
  for (const auto& b : data.epoch(epoch)) {
    for (std::size_t i = 0; i < b.inputs.rows(); ++i)
      order.push_back(static_cast<std::size_t>(b.inputs(i, 0)));
  }
  return order;
}

template <class T>
indices sizes_of(tp::batches<T>& data) {
  indices sizes;
  for (const auto& b : data.epoch(0)) sizes.push_back(b.inputs.rows());
  return sizes;
}

static_assert(std::input_iterator<tp::batches<float>::iterator>);
static_assert(std::ranges::input_range<tp::batches<float>::range>);
static_assert(std::ranges::sized_range<tp::batches<double>::range>);

}  // namespace

TEMPLATE_TEST_CASE("the rows are shuffled once for each epoch", "[batches]", float, double) {
  const numbered_rows<TestType> ten(10);
  const std::vector<indices> first{
      {1, 7, 3, 9, 4, 0, 5, 2, 6, 8}, {5, 8, 2, 7, 1, 0, 6, 9, 3, 4}, {6, 8, 5, 4, 0, 3, 1, 9, 2, 7}};
  const std::vector<indices> second{
      {9, 4, 6, 1, 7, 0, 2, 5, 3, 8}, {5, 0, 4, 8, 7, 6, 3, 1, 9, 2}, {5, 8, 6, 1, 9, 4, 3, 0, 7, 2}};
  for (const std::size_t batch_size : {1u, 3u, 5u, 10u, 11u}) {
    auto by_class = ten.by_class(batch_size), other_seed = ten.by_class(batch_size, 2);
    auto by_matrix = ten.by_matrix(batch_size);
    for (std::size_t e = 0; e < 3; ++e) {
      INFO("batches of " << batch_size << ", epoch " << e);
      CHECK(order_of(by_class, e) == first[e]);
      CHECK(order_of(by_matrix, e) == first[e]);
      CHECK(order_of(other_seed, e) == second[e]);
    }
  }
}

TEST_CASE("the order of an epoch does not depend on epochs visited before", "[batches]") {
  const numbered_rows<double> rows(101);
  std::vector<indices> orders;
  auto in_turn = rows.by_class(8);
  for (std::size_t e = 0; e < 6; ++e) orders.push_back(order_of(in_turn, e));
  for (std::size_t e = 0; e < 6; ++e) {
    auto at_once = rows.by_class(8);
    CHECK(order_of(at_once, e) == orders[e]);
    CHECK(order_of(at_once, e) == orders[e]);
    CHECK(order_of(in_turn, e) == orders[e]);
  }
  for (const std::size_t e : {5u, 0u, 3u, 1u, 4u, 2u}) CHECK(order_of(in_turn, e) == orders[e]);
  for (std::size_t e = 1; e < 6; ++e) CHECK(orders[e] != orders[e - 1]);
}

TEMPLATE_TEST_CASE("an epoch visits each row once, with its targets", "[batches]", float, double) {
  for (const std::size_t size : {1u, 2u, 63u, 64u, 65u, 1000u}) {
    // The stride differs from the columns.
    const numbered_rows<TestType> rows(size, 7);
    const auto X = rows.X.block(0, 0, size, 5);
    tp::batches by_class(X, rows.classes, 64, 3);
    tp::batches by_matrix(X, rows.Y, 64, 3);
    for (std::size_t e = 0; e < 4; ++e) {
      INFO(size << " rows, epoch " << e);
      indices seen;
      std::size_t wrong = 0;
      const auto see = [&](tp::matrix_view<const TestType> inputs, std::size_t i) {
        const auto row = static_cast<std::size_t>(inputs(i, 0));
        seen.push_back(row);
        wrong += std::ranges::equal(inputs.row(i), X.row(row)) ? 0 : 1;
        return row;
      };
      for (const auto& b : by_class.epoch(e)) {
        REQUIRE(b.inputs.cols() == 5);
        REQUIRE(b.classes.size() == b.inputs.rows());
        CHECK(b.targets.empty());
        for (std::size_t i = 0; i < b.classes.size(); ++i) {
          wrong += static_cast<std::size_t>(b.classes[i]) == see(b.inputs, i) ? 0 : 1;
        }
      }
      for (const auto& b : by_matrix.epoch(e)) {
        REQUIRE(b.targets.rows() == b.inputs.rows());
        REQUIRE(b.targets.cols() == 2);
        CHECK(b.classes.empty());
        for (std::size_t i = 0; i < b.targets.rows(); ++i) {
          const auto row = static_cast<TestType>(see(b.inputs, i));
          wrong += b.targets(i, 0) == row && b.targets(i, 1) == -row ? 0 : 1;
        }
      }
      CHECK(wrong == 0);
      std::ranges::sort(seen);
      REQUIRE(seen.size() == 2 * size);
      for (std::size_t i = 0; i < size; ++i) CHECK((seen[2 * i] == i && seen[2 * i + 1] == i));
    }
  }
}

TEST_CASE("the last batch has the remaining rows", "[batches]") {
  const numbered_rows<float> rows(10);
  const auto sizes = [&](std::size_t batch_size) {
    auto by_class = rows.by_class(batch_size), by_matrix = rows.by_matrix(batch_size);
    const indices all = sizes_of(by_class);
    CHECK(sizes_of(by_matrix) == all);
    CHECK(by_class.count() == all.size());
    CHECK(by_class.epoch(2).size() == all.size());
    CHECK(by_class.rows() == 10);
    return all;
  };
  CHECK(sizes(4) == indices{4, 4, 2});
  CHECK(sizes(5) == indices{5, 5});
  CHECK(sizes(9) == indices{9, 1});
  CHECK(sizes(10) == indices{10});
  CHECK(sizes(11) == indices{10});
  CHECK(sizes(static_cast<std::size_t>(-1)) == indices{10});
  CHECK(sizes(1) == indices(10, 1));
}

TEMPLATE_TEST_CASE("a data set without rows has no batches", "[batches]", float, double) {
  const numbered_rows<TestType> none(0);
  auto by_class = none.by_class(4), by_matrix = none.by_matrix(4);
  for (auto* const data : {&by_class, &by_matrix}) {
    CHECK(data->count() == 0);
    CHECK(data->epoch(5).empty());
    CHECK(sizes_of(*data).empty());
  }
}

TEST_CASE("rows without columns have targets", "[batches]") {
  const tp::matrix<float> X(5, 0), Y(5, 0);
  const std::vector<std::int32_t> classes{0, 1, 2, 3, 4};
  tp::batches by_class(X, classes, 2, 1);
  std::int32_t sum = 0;
  for (const auto& b : by_class.epoch(0)) sum = std::accumulate(b.classes.begin(), b.classes.end(), sum);
  CHECK(sum == 10);
  tp::batches by_matrix(X, Y, 2, 1);
  CHECK(sizes_of(by_matrix) == indices{2, 2, 1});
}

TEST_CASE("a batch is copied when the iterator reaches it", "[batches]") {
  numbered_rows<float> rows(6);
  auto data = rows.by_class(6);
  const auto epoch = data.epoch(0);
  for (const auto& b : epoch) CHECK(b.inputs(0, 1) != 100);
  for (std::size_t i = 0; i < 6; ++i) rows.X(i, 1) = 100;
  for (const auto& b : epoch) CHECK(b.inputs(0, 1) == 100);
}

TEST_CASE("nested loops over epochs keep their orders", "[batches]") {
  const numbered_rows<float> rows(9);
  auto data = rows.by_class(2);
  const indices first = order_of(data, 0), later = order_of(data, 3);
  indices first_again;
  for (const auto& b : data.epoch(0)) {
    for (const std::int32_t row : b.classes) first_again.push_back(static_cast<std::size_t>(row));
    CHECK(order_of(data, 3) == later);
  }
  CHECK(first_again == first);
}

TEST_CASE("copies are independent, and moving keeps loops valid", "[batches]") {
  const numbered_rows<double> rows(20);
  auto original = rows.by_class(6);
  const indices second = order_of(original, 1);
  const auto held = original.epoch(1).begin();
  auto copy = original;
  auto assigned = rows.by_class(3, 9);
  assigned = original;
  CHECK(order_of(copy, 1) == second);
  CHECK(order_of(copy, 2) == order_of(assigned, 2));
  CHECK(assigned.count() == 4);
  CHECK(static_cast<std::size_t>(held->classes[0]) == second[0]);

  const auto epoch = original.epoch(1);
  const tp::batches moved(std::move(original));
  indices order;
  for (const auto& b : epoch) {
    for (const std::int32_t row : b.classes) order.push_back(static_cast<std::size_t>(row));
  }
  CHECK(order == second);
  CHECK(moved.rows() == 20);
}

TEMPLATE_TEST_CASE("batches refuse what does not fit", "[batches][errors]", float, double) {
  using batches = tp::batches<TestType>;
  const auto X = some_matrix<TestType>(5, 3), Y = some_matrix<TestType>(4, 2);
  const std::vector<std::int32_t> four(4), five(5);
  CHECK(error_of([&] { batches(X, four, 2, 1); }) == "batches: classes has 4 elements, expected 5");
  CHECK(error_of([&] { batches(X, Y, 2, 1); }) == "batches: Y is 4x2, expected 5x2");
  CHECK(error_of([&] { batches(X, five, 0, 1); }) == "batches: the batch size is 0");
  CHECK(error_of([&] { batches(X, X, 0, 1); }) == "batches: the batch size is 0");
  const auto no_X = some_matrix<TestType>(0, 3), no_Y = some_matrix<TestType>(0, 2);
  CHECK(error_of([&] { batches(no_X, no_Y, 0, 1); }) == "batches: the batch size is 0");
}

TEMPLATE_TEST_CASE("a network trains on batches", "[batches]", float, double) {
  const auto X = some_matrix<TestType>(100, 2);
  std::vector<std::int32_t> classes;
  tp::matrix<TestType> Y(100, 2);
  for (std::size_t i = 0; i < 100; ++i) {
    classes.push_back(X(i, 0) > X(i, 1) ? 1 : 0);
    Y(i, static_cast<std::size_t>(classes[i])) = 1;
  }
  const tp::sgd rule{.learning_rate = 0.5};
  tp::batches by_class(X, classes, 16, 1);
  tp::batches by_matrix(X, Y, 16, 1);
  tp::mlp<TestType> net({2, 8, 2}), same(net);
  const TestType before = net.compute_gradients(X, Y);
  for (std::size_t e = 0; e < 20; ++e) {
    for (const auto& b : by_class.epoch(e)) net.train_step(b.inputs, b.classes, rule);
    for (const auto& b : by_matrix.epoch(e)) same.train_step(b.inputs, b.targets, rule);
  }
  CHECK(net.compute_gradients(X, Y) < before / 4);
  CHECK(std::ranges::equal(net.parameters(1), same.parameters(1)));
  CHECK(std::ranges::equal(net.parameters(2), same.parameters(2)));
}
