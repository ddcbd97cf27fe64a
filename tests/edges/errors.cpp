// SPDX-License-Identifier: MIT
// What functions of matrices refuse, in which words, and that they have written nothing then. For gemm see
// gemm_errors.cpp.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "edges/refusal.hpp"

namespace {

using namespace tests;

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("elementwise functions refuse other shapes and half an overlap", "[edges][errors]", float,
                   double) {
  using T = TestType;
  using function = void (*)(tp::matrix_view<const T>, tp::matrix_view<T>);
  const std::pair<std::string, function> functions[] = {
      {"relu", tp::relu}, {"exp", tp::exp}, {"log", tp::log}};
  for (const auto& [name, f] : functions) {
    auto X = some_matrix<T>(2, 3), Y = some_matrix<T>(2, 4), Z = some_matrix<T>(3, 3);
    CHECK(refusal([&, g = f] { g(X, Y); }, Y.elements()) == name + ": Y is 2x4, expected 2x3");
    CHECK(refusal([&, g = f] { g(X, Z); }, Z.elements()) == name + ": Y is 3x3, expected 2x3");
    const neighbours<T> x(2, 3);
    CHECK(refusal([&, g = f] { g(x.first(), x.sharing(2, 3)); }, x.memory()) == name + ": Y overlaps X");
    CHECK(error_of([&, g = f] { g(x.first(), x.apart(2, 3)); }) == "no error");
    // The same view, dense and with a stride.
    tp::matrix<T> expected(2, 3);
    f(X, expected);
    auto padded = some_matrix<T>(2, 5);
    const auto inner = padded.block(0, 1, 2, 3);
    for (std::size_t i = 0; i < 2; ++i) std::ranges::copy(X.row(i), inner.row(i).begin());
    f(X, X);
    f(inner, inner);
    CHECK(std::memcmp(X.data(), expected.data(), 6 * sizeof(T)) == 0);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(std::memcmp(inner.row(i).data(), expected.row(i).data(), 3 * sizeof(T)) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("sums refuse other sizes and overlaps", "[edges][errors]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(4, 3);
  auto two = some_vector<T>(2);
  const std::span<T> missing(static_cast<T*>(nullptr), 3);
  CHECK(refusal([&] { tp::column_sums(X, two); }, two) == "column_sums: out has 2 elements, expected 3");
  CHECK(refusal([&] { tp::row_sums(X, two); }, two) == "row_sums: out has 2 elements, expected 4");
  CHECK(error_of([&] { tp::column_sums(X, missing); }) == "column_sums: out is null");
  const neighbours<T> x(4, 3);
  CHECK(refusal([&] { tp::column_sums(x.first(), x.sharing(3)); }, x.memory()) ==
        "column_sums: out overlaps X");
  CHECK(refusal([&] { tp::row_sums(x.first(), x.sharing(4)); }, x.memory()) == "row_sums: out overlaps X");
  CHECK(error_of([&] { tp::column_sums(x.first(), x.apart(3)); }) == "no error");
  CHECK(error_of([&] { tp::row_sums(x.first(), x.apart(4)); }) == "no error");
}

TEMPLATE_TEST_CASE("softmax refuses other shapes and half an overlap", "[edges][errors]", float, double) {
  using T = TestType;
  auto Z = some_matrix<T>(4, 3), P = some_matrix<T>(3, 4);
  CHECK(refusal([&] { tp::softmax(Z, P); }, P.elements()) == "softmax: P is 3x4, expected 4x3");
  const neighbours<T> z(4, 3);
  CHECK(refusal([&] { tp::softmax(z.first(), z.sharing(4, 3)); }, z.memory()) == "softmax: P overlaps Z");
  CHECK(error_of([&] { tp::softmax(z.first(), z.apart(4, 3)); }) == "no error");
  tp::matrix<T> expected(4, 3);
  tp::softmax(Z, expected);
  tp::softmax(Z, Z);
  CHECK(std::memcmp(Z.data(), expected.data(), 12 * sizeof(T)) == 0);
}

TEMPLATE_TEST_CASE("softmax_cross_entropy refuses what does not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto Z = some_matrix<T>(4, 3), Y = some_matrix<T>(4, 3), wide = some_matrix<T>(4, 5);
  auto dZ = some_matrix<T>(4, 3), dwide = some_matrix<T>(4, 5);
  const auto with = [&](const tp::matrix<T>& targets, tp::matrix<T>& out) {
    return refusal([&] { (void)tp::softmax_cross_entropy(Z, targets, out); }, out.elements());
  };
  CHECK(with(Y, dwide) == "softmax_cross_entropy: dZ is 4x5, expected 4x3");
  CHECK(with(wide, dZ) == "softmax_cross_entropy: Y is 4x5, expected 4x3");
  CHECK(with(some_matrix<T>(3, 3), dZ) == "softmax_cross_entropy: Y is 3x3, expected 4x3");

  const auto with_classes = [&](std::vector<std::int32_t> classes) {
    return refusal([&] { (void)tp::softmax_cross_entropy(Z, classes, dZ); }, dZ.elements());
  };
  CHECK(with_classes({0, 1, 2}) == "softmax_cross_entropy: classes has 3 elements, expected 4");
  CHECK(with_classes({0, 1, 2, 3}) == "softmax_cross_entropy: class 3 of row 3 is not one of 0 to 2");
  CHECK(with_classes({0, -1, 2, 2}) == "softmax_cross_entropy: class -1 of row 1 is not one of 0 to 2");
  CHECK(with_classes({2147483647, 0, 0, 0}) ==
        "softmax_cross_entropy: class 2147483647 of row 0 is not one of 0 to 2");
  CHECK(with_classes({0, 1, 2, 2}) ==
        "no error, but output 0 has changed");  // what the others would say if they wrote

  const auto none = some_matrix<T>(0, 3);
  auto dnone = some_matrix<T>(0, 3);
  const std::vector<std::int32_t> no_classes;
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(none, none, dnone); }) ==
        "softmax_cross_entropy: the mean of 0 rows is not defined");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(none, no_classes, dnone); }) ==
        "softmax_cross_entropy: the mean of 0 rows is not defined");
}

TEMPLATE_TEST_CASE("softmax_cross_entropy takes dZ in place of Z or Y and no other overlap",
                   "[edges][errors]", float, double) {
  using T = TestType;
  const auto Z = some_matrix<T>(4, 3), Y = some_matrix<T>(4, 3);
  const neighbours<T> z(4, 3), y(4, 3);
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(z.first(), Y, z.sharing(4, 3)); }, z.memory()) ==
        "softmax_cross_entropy: dZ overlaps Z");
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(Z, y.first(), y.sharing(4, 3)); }, y.memory()) ==
        "softmax_cross_entropy: dZ overlaps Y");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(z.first(), Y, z.apart(4, 3)); }) == "no error");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(Z, y.first(), y.apart(4, 3)); }) == "no error");
  // Class indices that lie in dZ. Not read through this type before the call is refused.
  auto dZ = some_matrix<T>(4, 3);
  const std::span<const std::int32_t> inside(reinterpret_cast<const std::int32_t*>(dZ.data()), 4);
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(Z, inside, dZ); }, dZ.elements()) ==
        "softmax_cross_entropy: dZ overlaps classes");

  const std::int32_t classes[] = {0, 1, 2, 0};
  tp::matrix<T> expected(4, 3), in_place(Z), by_class(4, 3);
  const T loss = tp::softmax_cross_entropy(Z, Y, expected);
  CHECK(tp::softmax_cross_entropy(in_place, Y, in_place) == loss);
  CHECK(std::memcmp(in_place.data(), expected.data(), 12 * sizeof(T)) == 0);
  in_place = Y;
  CHECK(tp::softmax_cross_entropy(Z, in_place, in_place) == loss);
  CHECK(std::memcmp(in_place.data(), expected.data(), 12 * sizeof(T)) == 0);
  in_place = Z;
  const T class_loss = tp::softmax_cross_entropy(Z, classes, by_class);
  CHECK(tp::softmax_cross_entropy(in_place, classes, in_place) == class_loss);
  CHECK(std::memcmp(in_place.data(), by_class.data(), 12 * sizeof(T)) == 0);
}

TEMPLATE_TEST_CASE("update refuses sizes, overlaps and rates", "[edges][errors]", float, double) {
  using T = TestType;
  auto parameters = some_vector<T>(4);
  const auto gradients = some_vector<T>(4);
  const auto with = [&](double rate, const std::vector<T>& g) {
    return refusal([&] { tp::update(tp::sgd{.learning_rate = rate}, parameters, std::span(g)); }, parameters);
  };
  CHECK(with(0.1, some_vector<T>(3)) == "update: gradients has 3 elements, expected 4");
  CHECK(with(-0.1, gradients) == "update: learning rate -0.100000 is not a finite number from 0");
  CHECK(with(NaN<double>, gradients) == "update: learning rate nan is not a finite number from 0");
  CHECK(with(infinity, gradients) == "update: learning rate inf is not a finite number from 0");
  CHECK(with(-infinity, gradients) == "update: learning rate -inf is not a finite number from 0");
  CHECK(with(-0.0, gradients) == "no error");
  const neighbours<T> p(1, 4);
  const tp::sgd rule;
  CHECK(refusal([&] { tp::update(rule, p.first_span(), p.sharing(4)); }, p.memory()) ==
        "update: parameters overlaps gradients");
  CHECK(refusal([&] { tp::update(rule, p.first_span(), p.first_span()); }, p.memory()) ==
        "update: parameters overlaps gradients");
  CHECK(error_of([&] { tp::update(rule, p.first_span(), p.apart(4)); }) == "no error");
}

TEMPLATE_TEST_CASE("a rate that is infinite in the parameters' type is refused", "[edges][errors]", float,
                   double) {
  using T = TestType;
  const auto gradients = some_vector<T>(4);
  auto parameters = some_vector<T>(4);
  const double largest = std::numeric_limits<T>::max();
  const std::string text =
      refusal([&] { tp::update(tp::sgd{.learning_rate = largest * 2}, parameters, std::span(gradients)); },
              parameters);
  CHECK(text.substr(0, 22) == "update: learning rate ");
}

TEMPLATE_TEST_CASE("accuracy refuses what does not fit", "[edges][errors]", float, double) {
  const auto P = some_matrix<TestType>(3, 4);
  const auto with = [&](std::vector<std::int32_t> classes) {
    return error_of([&] { (void)tp::accuracy(P, classes); });
  };
  CHECK(with({0, 1}) == "accuracy: classes has 2 elements, expected 3");
  CHECK(with({0, 1, 4}) == "accuracy: class 4 of row 2 is not one of 0 to 3");
  CHECK(with({-1, 1, 3}) == "accuracy: class -1 of row 0 is not one of 0 to 3");
  CHECK(with({0, 1, 3}) == "no error");
  const std::vector<std::int32_t> none;
  CHECK(error_of([&] { (void)tp::accuracy(some_matrix<TestType>(0, 4), none); }) ==
        "accuracy: there is no row");
}
