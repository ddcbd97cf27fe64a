// SPDX-License-Identifier: MIT
// Calls that look right and would do something else do not compile; the correct call, beside each, does.
#include <twinpath/twinpath.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace {

namespace tp = twinpath;

using classes = std::vector<std::int32_t>;

template <class Label>
concept is_label = std::is_constructible_v < tp::class_indices,
        const std::vector<Label>
& > ;
template <class Range>
concept is_column = requires(Range&& x) {
  tp::column(std::forward<Range>(x));
};

// An assignment to what a function returned would change nothing.

template <class Network, class Matrix>
concept weights_are_assigned = requires(Network& net, const Matrix& W) {
  net.weights(1) = W;
};
template <class Network, class Matrix>
concept weights_are_set = requires(Network& net, const Matrix& W) {
  net.set_weights(1, W);
};

template <class Network, class Vector>
concept bias_is_assigned = requires(Network& net, Vector& b) {
  net.bias(1) = b;
};
template <class Network, class Vector>
concept parameters_are_assigned = requires(Network& net, Vector& p) {
  net.parameters(1) = p;
};
template <class Network, class Vector>
concept moments_are_assigned = requires(Network& net, Vector& m) {
  net.moments(1, 1) = m;
};
template <class Network, class Vector>
concept gradients_are_assigned = requires(Network& net, Vector& g) {
  net.gradients(1) = g;
};
template <class Network, class Vector>
concept bias_is_set = requires(Network& net, const Vector& b) {
  net.set_bias(1, b);
};

template <class Matrix, class Vector>
concept row_is_assigned = requires(Matrix& m, Vector& x) {
  m.row(0) = x;
};
template <class Matrix, class Vector>
concept elements_are_assigned = requires(Matrix& m, Vector& x) {
  m.elements() = x;
};
template <class Matrix>
concept block_is_assigned = requires(Matrix& m, const Matrix& other) {
  m.block(0, 0, 1, 1) = other;
};
template <class Matrix>
concept view_is_assigned = requires(Matrix& m, const Matrix& other) {
  m.view() = other;
};
template <class Matrix>
concept element_of_row_is_assigned = requires(Matrix& m) {
  m.row(0)[0] = 1;
};

// A list of numbers as a matrix would be a view of a null pointer.

template <class Network, class Matrix>
concept trained_on_four_numbers = requires(Network& net, const Matrix& X) {
  net.train_step(X, {0, 1, 1, 0}, tp::sgd{});
};
template <class Network, class Matrix>
concept trained_on_three_numbers = requires(Network& net, const Matrix& X) {
  net.train_step(X, {0, 1, 1}, tp::sgd{});
};
template <class Network, class Matrix>
concept trained_on_two_numbers = requires(Network& net, const Matrix& X) {
  net.train_step(X, {0, 1}, tp::sgd{});
};
template <class Network, class Matrix>
concept trained_on_a_number = requires(Network& net, const Matrix& X) {
  net.train_step(X, {0}, tp::sgd{});
};
template <class Network, class Matrix>
concept inputs_are_numbers = requires(Network& net, const Matrix& Y) {
  net.train_step({0, 1, 1, 0}, Y, tp::sgd{});
};
template <class Network, class Matrix>
concept trained_on_null = requires(Network& net, const Matrix& X) {
  net.train_step(X, {nullptr, 1, 1, 1}, tp::sgd{});
};
template <class Network, class Matrix>
concept error_is_numbers = requires(Network& net, const Matrix& X) {
  net.compute_gradients(X, X, tp::gradient_mode::ignore, {0, 1, 1});
};
template <class Network, class Matrix>
concept trained_on_classes = requires(Network& net, const Matrix& X, const classes& labels) {
  net.train_step(X, labels, tp::sgd{});
};
template <class Network, class Matrix>
concept trained_on_matrix = requires(Network& net, const Matrix& X) {
  net.train_step(X, Matrix{{0, 1}, {1, 0}}, tp::sgd{});
};
template <class Network, class Matrix>
concept error_is_left_out = requires(Network& net, const Matrix& X) {
  net.compute_gradients(X, X, tp::gradient_mode::ignore, {});
};

// A forgotten activation would be ReLU.

template <class Matrix, class... Activation>
concept backprop_path_with = requires(Matrix& m, Activation... f) {
  tp::backprop_path(m, m, m, m, f...);
};
template <class Matrix, class... Activation>
concept backward_with = requires(Matrix& m, Activation... f) {
  tp::backward(tp::schedule::automatic, m, m, m, m, m.elements(), m, f...);
};

template <class T, class Inputs, class Targets>
constexpr bool makes_batches =
    std::is_constructible_v<tp::batches<T>, Inputs, Targets, std::size_t, std::uint64_t>;

}  // namespace

TEMPLATE_TEST_CASE("an assignment to a temporary view does not compile", "[edges][compile]", float, double) {
  using T = TestType;
  using network = tp::mlp<T>;
  using matrix = tp::matrix<T>;
  using view = tp::matrix_view<T>;
  using vector = std::vector<T>;
  STATIC_REQUIRE_FALSE(weights_are_assigned<network, matrix>);
  STATIC_REQUIRE_FALSE(weights_are_assigned<network, view>);
  STATIC_REQUIRE(weights_are_set<network, matrix>);
  STATIC_REQUIRE(weights_are_set<network, view>);
  STATIC_REQUIRE_FALSE(bias_is_assigned<network, vector>);
  STATIC_REQUIRE_FALSE(parameters_are_assigned<network, vector>);
  STATIC_REQUIRE_FALSE(moments_are_assigned<network, vector>);
  STATIC_REQUIRE_FALSE(gradients_are_assigned<network, vector>);
  STATIC_REQUIRE(bias_is_set<network, vector>);
  STATIC_REQUIRE(bias_is_set<network, std::array<T, 2>>);
  STATIC_REQUIRE(bias_is_set<network, std::span<T>>);

  STATIC_REQUIRE_FALSE(row_is_assigned<matrix, vector>);
  STATIC_REQUIRE_FALSE(row_is_assigned<view, vector>);
  STATIC_REQUIRE_FALSE(elements_are_assigned<matrix, vector>);
  STATIC_REQUIRE_FALSE(block_is_assigned<matrix>);
  STATIC_REQUIRE_FALSE(block_is_assigned<view>);
  STATIC_REQUIRE_FALSE(view_is_assigned<matrix>);
  STATIC_REQUIRE(element_of_row_is_assigned<matrix>);
  STATIC_REQUIRE(element_of_row_is_assigned<view>);

  STATIC_REQUIRE_FALSE(std::is_assignable_v<view, view>);
  STATIC_REQUIRE_FALSE(std::is_assignable_v<view, matrix&>);
  STATIC_REQUIRE_FALSE(std::is_assignable_v<tp::matrix_view<const T>, view>);
  STATIC_REQUIRE(std::is_assignable_v<view&, view>);
  STATIC_REQUIRE(std::is_assignable_v<view&, matrix&>);
  STATIC_REQUIRE(std::is_assignable_v<tp::matrix_view<const T>&, view>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<view>);
}

TEMPLATE_TEST_CASE("a list of numbers is no matrix", "[edges][compile]", float, double) {
  using T = TestType;
  using network = tp::mlp<T>;
  using matrix = tp::matrix<T>;
  using view = tp::matrix_view<T>;
  STATIC_REQUIRE_FALSE(trained_on_four_numbers<network, matrix>);
  STATIC_REQUIRE_FALSE(trained_on_three_numbers<network, matrix>);
  STATIC_REQUIRE_FALSE(trained_on_two_numbers<network, matrix>);
  STATIC_REQUIRE_FALSE(trained_on_a_number<network, matrix>);
  STATIC_REQUIRE_FALSE(inputs_are_numbers<network, matrix>);
  STATIC_REQUIRE_FALSE(trained_on_null<network, matrix>);
  STATIC_REQUIRE_FALSE(error_is_numbers<network, matrix>);
  STATIC_REQUIRE(trained_on_classes<network, matrix>);
  STATIC_REQUIRE(trained_on_matrix<network, matrix>);
  STATIC_REQUIRE(error_is_left_out<network, matrix>);

  STATIC_REQUIRE_FALSE(std::is_constructible_v<view, std::nullptr_t, int, int>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<view, std::nullptr_t, int, int, int>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<view, int, int, int>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<view, int, int, int, int>);
  STATIC_REQUIRE(std::is_constructible_v<view, T*, int, int>);
  STATIC_REQUIRE(std::is_constructible_v<view, T*, int, int, int>);
  STATIC_REQUIRE(std::is_constructible_v<view, std::vector<T>&, int, int>);
}

TEMPLATE_TEST_CASE("the backward paths require an activation", "[edges][compile]", float, double) {
  using matrix = tp::matrix<TestType>;
  STATIC_REQUIRE_FALSE(backprop_path_with<matrix>);
  STATIC_REQUIRE(backprop_path_with<matrix, tp::activation>);
  STATIC_REQUIRE_FALSE(backward_with<matrix>);
  STATIC_REQUIRE(backward_with<matrix, tp::activation>);
}

TEMPLATE_TEST_CASE("batches refuse temporaries that own their elements", "[edges][compile]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  using view = tp::matrix_view<T>;
  using const_view = tp::matrix_view<const T>;
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix, classes&>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix, matrix&>);
  STATIC_REQUIRE_FALSE(makes_batches<T, const matrix, classes&>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix&, matrix>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix&, const matrix>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix&, classes>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix&, const classes>);
  STATIC_REQUIRE_FALSE(makes_batches<T, const_view, classes>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix&, std::array<std::int32_t, 4>>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix, matrix>);
  STATIC_REQUIRE_FALSE(makes_batches<T, matrix, classes>);

  STATIC_REQUIRE(makes_batches<T, matrix&, classes&>);
  STATIC_REQUIRE(makes_batches<T, const matrix&, const classes&>);
  STATIC_REQUIRE(makes_batches<T, const matrix&, const matrix&>);
  STATIC_REQUIRE(makes_batches<T, matrix&, std::array<std::int32_t, 4>&>);
  STATIC_REQUIRE(makes_batches<T, view, std::span<std::int32_t>>);
  STATIC_REQUIRE(makes_batches<T, view, std::span<const std::int32_t>>);
  STATIC_REQUIRE(makes_batches<T, const_view, view>);
  STATIC_REQUIRE(makes_batches<T, const const_view, const view>);

  // What does not keep its argument takes temporaries.
  STATIC_REQUIRE(std::is_constructible_v<tp::predictor<T>, tp::mlp<T>>);
  STATIC_REQUIRE(std::is_constructible_v<matrix, matrix>);
}

TEST_CASE("truth values, characters and numbers with a fraction are no classes", "[edges][compile]") {
  STATIC_REQUIRE(is_label<signed char>);
  STATIC_REQUIRE(is_label<unsigned char>);
  STATIC_REQUIRE(is_label<short>);
  STATIC_REQUIRE(is_label<unsigned short>);
  STATIC_REQUIRE(is_label<int>);
  STATIC_REQUIRE(is_label<unsigned>);
  STATIC_REQUIRE(is_label<long>);
  STATIC_REQUIRE(is_label<unsigned long>);
  STATIC_REQUIRE(is_label<long long>);
  STATIC_REQUIRE(is_label<unsigned long long>);
  STATIC_REQUIRE_FALSE(is_label<bool>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<tp::class_indices, const std::array<bool, 2>&>);
  STATIC_REQUIRE_FALSE(is_label<char>);
  STATIC_REQUIRE_FALSE(is_label<char8_t>);
  STATIC_REQUIRE_FALSE(is_label<wchar_t>);
  STATIC_REQUIRE_FALSE(is_label<float>);
  STATIC_REQUIRE_FALSE(is_label<tp::activation>);
}

TEMPLATE_TEST_CASE("batches refuse temporary labels of every type", "[edges][compile]", std::int64_t,
                   std::uint8_t) {
  using matrix = tp::matrix<float>;
  using labels = std::vector<TestType>;
  STATIC_REQUIRE_FALSE(makes_batches<float, matrix&, labels>);
  STATIC_REQUIRE_FALSE(makes_batches<float, matrix, labels&>);
  STATIC_REQUIRE(makes_batches<float, matrix&, labels&>);
  STATIC_REQUIRE(makes_batches<float, matrix&, std::span<const TestType>>);
}

TEMPLATE_TEST_CASE("a column of a temporary does not compile", "[edges][compile]", float, double) {
  using vector = std::vector<TestType>;
  STATIC_REQUIRE(is_column<vector&>);
  STATIC_REQUIRE(is_column<const vector&>);
  STATIC_REQUIRE(is_column<std::span<TestType>>);
  STATIC_REQUIRE_FALSE(is_column<vector>);
  STATIC_REQUIRE_FALSE(is_column<std::array<TestType, 3>>);
}
