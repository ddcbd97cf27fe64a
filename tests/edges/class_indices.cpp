// SPDX-License-Identifier: MIT
// Classes in integers of every type give the bits of std::int32_t, and are refused outside of its range.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace {

namespace tp = twinpath;

tp::matrix<float> inputs() {
  tp::matrix<float> X(5, 2);
  for (std::size_t i = 0; i < 10; ++i) X.elements()[i] = static_cast<float>(i) / 8 - 0.5f;
  return X;
}
const std::vector<std::int32_t> expected_classes{0, 2, 1, 1, 0};

}  // namespace

TEMPLATE_TEST_CASE("classes of every integer type give the same bits", "[edges][classes]", std::int8_t,
                   std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
                   std::uint64_t, long long, unsigned long long) {
  const std::vector<TestType> classes(expected_classes.begin(), expected_classes.end());
  const tp::matrix<float> X = inputs();
  tp::mlp<float> net({2, 4, 3}), same({2, 4, 3});
  CHECK(net.train_step(X, classes, tp::sgd{}) == same.train_step(X, expected_classes, tp::sgd{}));
  CHECK(net.compute_gradients(X, classes) == same.compute_gradients(X, expected_classes));
  CHECK(std::ranges::equal(net.gradients(1), same.gradients(1)));
  const tp::matrix<float> P = net.predict(X);
  CHECK(tp::accuracy(P, classes) == tp::accuracy(P, expected_classes));
  tp::matrix<float> dZ(5, 3), same_dZ(5, 3);
  CHECK(tp::softmax_cross_entropy(P, classes, dZ) == tp::softmax_cross_entropy(P, expected_classes, same_dZ));
  CHECK(std::ranges::equal(dZ.elements(), same_dZ.elements()));
  CHECK(tp::check_gradients(net, X, classes).checked > 0);

  tp::batches data(X, classes, 2, 1);
  tp::batches same_data(X, expected_classes, 2, 1);
  auto copy = data;
  data = tp::batches(X, classes, 2, 7);  // what the copy refers to is its own
  auto other = same_data.epoch(0).begin();
  for (const auto& b : copy.epoch(0)) {
    CHECK(std::ranges::equal(b.classes, other->classes));
    ++other;
  }
}

TEST_CASE("classes refer to named memory and keep what is temporary", "[edges][classes]") {
  const tp::class_indices named(expected_classes);
  CHECK(named.values().data() == expected_classes.data());
  const tp::class_indices spanned{std::span(expected_classes)};
  CHECK(spanned.values().data() == expected_classes.data());
  std::vector<std::int32_t> moved = expected_classes;
  const std::int32_t* const memory = moved.data();
  const tp::class_indices kept{std::move(moved)};
  CHECK(kept.values().data() != memory);
  CHECK(std::ranges::equal(kept.values(), expected_classes));
  CHECK(tp::class_indices().values().empty());
}

TEST_CASE("classes that do not fit are named with their row", "[edges][classes]") {
  tp::mlp<float> net({2, 3});
  const tp::matrix<float> X = inputs();
  const auto refused = [&](const auto& classes, const char* text) {
    CHECK_THROWS_WITH(net.train_step(X, classes, tp::sgd{}), text);
  };
  refused(std::vector<std::uint64_t>{0, 1, std::uint64_t{1} << 32, 0, 0},
          "classes: class 4294967296 of row 2 does not fit in 32 bits");
  refused(std::vector<std::uint64_t>{std::numeric_limits<std::uint64_t>::max(), 0, 0, 0, 0},
          "classes: class 18446744073709551615 of row 0 does not fit in 32 bits");
  refused(std::vector<std::int64_t>{0, std::numeric_limits<std::int64_t>::min(), 0, 0, 0},
          "classes: class -9223372036854775808 of row 1 does not fit in 32 bits");
  refused(std::vector<std::uint32_t>{0, 0, 0, 0, 2147483648u},
          "classes: class 2147483648 of row 4 does not fit in 32 bits");
  refused(std::vector<std::int64_t>{0, 0, -1, 0, 0}, "train_step: class -1 of row 2 is not one of 0 to 2");
  refused(std::vector<std::uint8_t>{0, 0, 255, 0, 0}, "train_step: class 255 of row 2 is not one of 0 to 2");
  refused(std::vector<std::uint8_t>{0, 0}, "train_step: classes has 2 elements, expected 5");
}

TEST_CASE("a vector is a matrix of one column", "[edges][classes]") {
  const tp::matrix<float> X = inputs();
  const std::vector<float> y{1, 2, 3, 4, 5};
  tp::matrix<float> Y(5, 1);
  std::ranges::copy(y, Y.elements().begin());
  const tp::mlp_options options{.loss = tp::loss::mean_squared_error};
  tp::mlp<float> net({2, 1}, options), same({2, 1}, options);
  CHECK(net.train_step(X, tp::column(y), tp::sgd{}) == same.train_step(X, Y, tp::sgd{}));
  CHECK(std::ranges::equal(net.parameters(1), same.parameters(1)));
  CHECK(tp::column(std::span<const float>()).empty());
}

TEST_CASE("rows of a matrix and of a view", "[edges][matrix]") {
  tp::matrix<float> m = inputs();
  CHECK(m.rows(1, 3).data() == m.row(1).data());
  CHECK(m.rows(1, 3).rows() == 3);
  CHECK(std::as_const(m).rows(0, 5).cols() == 2);
  const auto block = m.block(0, 1, 5, 1);
  CHECK(block.rows(2, 2).stride() == 2);
  CHECK(block.rows(2, 2)(1, 0) == m(3, 1));
  CHECK(m.rows(5, 0).empty());
  CHECK_THROWS_WITH(m.rows(3, 3), "block: 3x2 at (3, 0) is not inside 5x2");
  CHECK_THROWS_WITH(m.rows(static_cast<std::size_t>(-1), 2),
                    "block: 2x2 at (18446744073709551615, 0) is not inside 5x2");
}

TEST_CASE("options are found by their names", "[edges][options]") {
  for (const auto f : {tp::activation::relu, tp::activation::gelu_erf, tp::activation::silu}) {
    CHECK(tp::from_name<tp::activation>(tp::name(f)) == f);
  }
  CHECK(tp::from_name<tp::loss>("mean_squared_error") == tp::loss::mean_squared_error);
  CHECK(tp::from_name<tp::reduction>("sum") == tp::reduction::sum);
  CHECK_FALSE(tp::from_name<tp::activation>("ReLU"));
  CHECK_FALSE(tp::from_name<tp::loss>(""));
}

TEST_CASE("a refused number is shown so that it differs from those allowed", "[edges][numbers]") {
  tp::mlp<float> net({2, 3});
  const tp::matrix<float> X = inputs();
  const auto refused = [&](const tp::optimizer& rule, const char* text) {
    CHECK_THROWS_WITH(net.train_step(X, expected_classes, rule), text);
  };
  refused(tp::sgd{.learning_rate = -1e-50}, "train_step: learning rate -1e-50 is not a finite number from 0");
  refused(tp::adam{.epsilon = 1e-50}, "train_step: epsilon 1e-50 is not a finite number above 0");
  refused(tp::adam{.beta1 = -1e-12}, "train_step: beta1 -1e-12 is not from 0 to below 1");
  CHECK_THROWS_WITH(tp::learning_rate::exponential_decay(-1e-9, 1, 1),
                    "exponential_decay: initial -1e-09 is not a finite number from 0");
}
