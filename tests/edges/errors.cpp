// SPDX-License-Identifier: MIT
// The arguments that functions of matrices refuse, the messages, and that nothing is written then. For gemm
// see gemm_errors.cpp.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "edges/refusal.hpp"
#include "support/activations.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Losses that take a matrix of targets.
template <class T>
struct matrix_loss {
  std::string name;
  T (*function)(tp::matrix_view<const T>, tp::matrix_view<const T>, tp::matrix_view<T>, tp::reduction);
};
template <class T>
const std::vector<matrix_loss<T>> element_losses{{"sigmoid_cross_entropy", tp::sigmoid_cross_entropy},
                                                 {"mean_squared_error", tp::mean_squared_error}};

/// Parameters of an optimiser, each in memory of its own.
template <class T>
struct optimised {
  std::vector<T> parameters = some_vector<T>(4), gradients = some_vector<T>(4), m = some_vector<T>(4),
                 v = some_vector<T>(4);

  [[nodiscard]] std::string refusal_of(const tp::sgd& rule) {
    const std::span<T> velocity = rule.momentum == 0 ? std::span<T>() : std::span<T>(m);
    return refusal([&] { tp::update(rule, parameters, std::span<const T>(gradients), velocity); }, parameters,
                   m, v);
  }
  template <class Adam>
  [[nodiscard]] std::string refusal_of(const Adam& rule) {
    return refusal_of(rule, next(tp::optimizer_progress{}, Adam{}));
  }
  template <class Adam>
  [[nodiscard]] std::string refusal_of(const Adam& rule, const tp::optimizer_progress& progress) {
    return refusal([&] { tp::update(rule, parameters, std::span<const T>(gradients), m, v, progress); },
                   parameters, m, v);
  }
};

/// Values that no factor may have, and their text where the standard fixes it.
template <class T>
std::vector<std::pair<double, std::string>> impossible_factors() {
  return {{-0.25, "-0.25"},
          {NaN<double>, "nan"},
          {infinity, "inf"},
          {-infinity, "-inf"},
          {2 * static_cast<double>(std::numeric_limits<T>::max()), ""}};
}

}  // namespace

TEMPLATE_TEST_CASE("elementwise functions refuse other shapes and partial overlap", "[edges][errors]", float,
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
    CHECK(error_of([&, g = f] { g(x.first(), x.disjoint(2, 3)); }) == "no error");
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

TEMPLATE_TEST_CASE("activate refuses other shapes and partial overlap", "[edges][errors]", float, double) {
  using T = TestType;
  for (const tp::activation f : all_activations) {
    CAPTURE(static_cast<int>(f));
    const auto Z = some_matrix<T>(2, 3);
    auto wide = some_matrix<T>(2, 4), tall = some_matrix<T>(3, 3);
    CHECK(refusal([&] { tp::activate(f, Z, wide); }, wide.elements()) == "activate: A is 2x4, expected 2x3");
    CHECK(refusal([&] { tp::activate(f, Z, tall); }, tall.elements()) == "activate: A is 3x3, expected 2x3");
    const neighbours<T> z(2, 3);
    CHECK(refusal([&] { tp::activate(f, z.first(), z.sharing(2, 3)); }, z.memory()) ==
          "activate: A overlaps Z");
    CHECK(error_of([&] { tp::activate(f, z.first(), z.disjoint(2, 3)); }) == "no error");
    CHECK(error_of([&] { tp::activate(f, z.first(), z.first()); }) == "no error");
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
  CHECK(error_of([&] { tp::column_sums(x.first(), x.disjoint(3)); }) == "no error");
  CHECK(error_of([&] { tp::row_sums(x.first(), x.disjoint(4)); }) == "no error");
}

TEMPLATE_TEST_CASE("softmax refuses other shapes and partial overlap", "[edges][errors]", float, double) {
  using T = TestType;
  auto Z = some_matrix<T>(4, 3), P = some_matrix<T>(3, 4);
  CHECK(refusal([&] { tp::softmax(Z, P); }, P.elements()) == "softmax: P is 3x4, expected 4x3");
  const neighbours<T> z(4, 3);
  CHECK(refusal([&] { tp::softmax(z.first(), z.sharing(4, 3)); }, z.memory()) == "softmax: P overlaps Z");
  CHECK(error_of([&] { tp::softmax(z.first(), z.disjoint(4, 3)); }) == "no error");
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
        "no error, but output 0 has changed");  // the text that the calls above would give if they wrote

  const auto none = some_matrix<T>(0, 3);
  auto dnone = some_matrix<T>(0, 3);
  const std::vector<std::int32_t> no_classes;
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(none, none, dnone); }) ==
        "softmax_cross_entropy: the mean of 0 rows is not defined");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(none, no_classes, dnone); }) ==
        "softmax_cross_entropy: the mean of 0 rows is not defined");
}

TEMPLATE_TEST_CASE("softmax_cross_entropy accepts dZ in the memory of Z or Y and no other overlap",
                   "[edges][errors]", float, double) {
  using T = TestType;
  const auto Z = some_matrix<T>(4, 3), Y = some_matrix<T>(4, 3);
  const neighbours<T> z(4, 3), y(4, 3);
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(z.first(), Y, z.sharing(4, 3)); }, z.memory()) ==
        "softmax_cross_entropy: dZ overlaps Z");
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(Z, y.first(), y.sharing(4, 3)); }, y.memory()) ==
        "softmax_cross_entropy: dZ overlaps Y");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(z.first(), Y, z.disjoint(4, 3)); }) == "no error");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(Z, y.first(), y.disjoint(4, 3)); }) == "no error");
  // Class indices in the memory of dZ. They are not read before the call is refused.
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

TEMPLATE_TEST_CASE("losses over elements refuse what does not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto Z = some_matrix<T>(4, 3), Y = some_matrix<T>(4, 3);
  for (const auto& [name, f] : element_losses<T>) {
    for (const tp::reduction how : {tp::reduction::mean, tp::reduction::sum}) {
      const auto with = [&, g = f](const tp::matrix<T>& targets, tp::matrix<T> out) {
        return refusal([&] { (void)g(Z, targets, out, how); }, out.elements());
      };
      CHECK(with(Y, some_matrix<T>(4, 5)) == name + ": dZ is 4x5, expected 4x3");
      CHECK(with(Y, some_matrix<T>(3, 3)) == name + ": dZ is 3x3, expected 4x3");
      CHECK(with(some_matrix<T>(4, 5), some_matrix<T>(4, 3)) == name + ": Y is 4x5, expected 4x3");
      CHECK(with(some_matrix<T>(5, 3), some_matrix<T>(4, 3)) == name + ": Y is 5x3, expected 4x3");

      const neighbours<T> z(4, 3), y(4, 3);
      const auto over = [&, g = f](tp::matrix_view<const T> scores, tp::matrix_view<const T> targets,
                                   tp::matrix_view<T> out, std::span<const T> memory) {
        return refusal([&] { (void)g(scores, targets, out, how); }, memory);
      };
      CHECK(over(z.first(), Y, z.sharing(4, 3), z.memory()) == name + ": dZ overlaps Z");
      CHECK(over(Z, y.first(), y.sharing(4, 3), y.memory()) == name + ": dZ overlaps Y");
      CHECK(over(z.first(), Y, z.disjoint(4, 3), z.memory()).substr(0, 8) == "no error");
      CHECK(over(Z, y.first(), y.disjoint(4, 3), y.memory()).substr(0, 8) == "no error");
    }
    for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{0, 3}, {3, 0}, {0, 0}}) {
      tp::matrix<T> none(rows, cols);
      CHECK(error_of([&, g = f, &nothing = none] {
              (void)g(nothing, nothing, nothing, tp::reduction::mean);
            }) == name + ": the mean of 0 elements is not defined");
    }
  }
}

TEMPLATE_TEST_CASE("losses over elements accept dZ in the memory of Z or Y", "[edges][errors]", float,
                   double) {
  using T = TestType;
  const auto Z = some_matrix<T>(4, 3), Y = some_matrix<T>(4, 3);
  for (const auto& [name, f] : element_losses<T>) {
    INFO(name);
    tp::matrix<T> expected(4, 3), in_place(Z);
    const T loss = f(Z, Y, expected, tp::reduction::mean);
    CHECK(f(in_place, Y, in_place, tp::reduction::mean) == loss);
    CHECK(std::memcmp(in_place.data(), expected.data(), 12 * sizeof(T)) == 0);
    in_place = Y;
    CHECK(f(Z, in_place, in_place, tp::reduction::mean) == loss);
    CHECK(std::memcmp(in_place.data(), expected.data(), 12 * sizeof(T)) == 0);
  }
}

TEMPLATE_TEST_CASE("update refuses sizes, overlaps and rates", "[edges][errors]", float, double) {
  using T = TestType;
  auto parameters = some_vector<T>(4);
  const auto gradients = some_vector<T>(4);
  const auto with = [&](double rate, const std::vector<T>& g) {
    return refusal([&] { tp::update(tp::sgd{.learning_rate = rate}, parameters, std::span(g)); }, parameters);
  };
  CHECK(with(0.1, some_vector<T>(3)) == "update: gradients has 3 elements, expected 4");
  CHECK(with(-0.1, gradients) == "update: learning rate -0.1 is not a finite number from 0");
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
  CHECK(error_of([&] { tp::update(rule, p.first_span(), p.disjoint(4)); }) == "no error");
  const std::span<T> missing(static_cast<T*>(nullptr), 4);
  CHECK(error_of([&] { tp::update(rule, missing, std::span(gradients)); }) == "update: parameters is null");
  CHECK(error_of([&] { tp::update(rule, parameters, missing); }) == "update: gradients is null");
}

TEMPLATE_TEST_CASE("update refuses impossible hyperparameters", "[edges][errors]", float, double) {
  using T = TestType;
  optimised<T> x;
  for (const auto& [value, text] : impossible_factors<T>()) {
    const auto refused = [&, t = text](const std::string& actual, const std::string& name) {
      INFO(actual);
      const std::string start = "update: " + name + " " + t, end = " is not a finite number from 0";
      CHECK(actual.substr(0, start.size()) == start);
      CHECK((t.empty() || actual == start + end));
      CHECK(actual.find("changed") == std::string::npos);
    };
    refused(x.refusal_of(tp::sgd{.learning_rate = value}), "learning rate");
    refused(x.refusal_of(tp::sgd{.momentum = value}), "momentum");
    refused(x.refusal_of(tp::sgd{.weight_decay = value}), "weight decay");
    refused(x.refusal_of(tp::adam{.learning_rate = value}), "learning rate");
    refused(x.refusal_of(tp::adam{.weight_decay = value}), "weight decay");
    refused(x.refusal_of(tp::adamw{.learning_rate = value}), "learning rate");
    refused(x.refusal_of(tp::adamw{.weight_decay = value}), "weight decay");
  }
  const std::string nesterov = "update: Nesterov's form needs a momentum above 0";
  CHECK(x.refusal_of(tp::sgd{.nesterov = true}) == nesterov);
  CHECK(x.refusal_of(tp::sgd{.momentum = -0.0, .nesterov = true}) == nesterov);

  const auto both_refuse = [&](const tp::adam& rule, const std::string& text) {
    const tp::adamw decoupled{.beta1 = rule.beta1, .beta2 = rule.beta2, .epsilon = rule.epsilon};
    CHECK(x.refusal_of(rule) == "update: " + text);
    CHECK(x.refusal_of(decoupled) == "update: " + text);
  };
  for (const auto& [value, text] : {std::pair<double, std::string>{1, "1"},
                                    {-0.5, "-0.5"},
                                    {1.5, "1.5"},
                                    {NaN<double>, "nan"},
                                    {infinity, "inf"}}) {
    both_refuse({.beta1 = value}, "beta1 " + text + " is not from 0 to below 1");
    both_refuse({.beta2 = value}, "beta2 " + text + " is not from 0 to below 1");
  }
  for (const auto& [value, text] : {std::pair<double, std::string>{0, "0"},
                                    {-0.0, "-0"},
                                    {-1, "-1"},
                                    {NaN<double>, "nan"},
                                    {infinity, "inf"},
                                    // It rounds to 0 in the type.
                                    {std::numeric_limits<T>::denorm_min() / 4.0,
                                     std::is_same_v<T, float> ? "3.503246160812043e-46" : "0"}}) {
    both_refuse({.epsilon = value}, "epsilon " + text + " is not a finite number above 0");
  }
  CHECK(x.refusal_of(tp::adam{.beta1 = 0, .beta2 = 0}).substr(0, 8) == "no error");
}

TEMPLATE_TEST_CASE("update refuses moments that do not fit", "[edges][errors]", float, double) {
  using T = TestType;
  optimised<T> x;
  const std::span<const T> g(x.gradients);
  const std::span<T> w(x.parameters), m(x.m), v(x.v), none;
  const std::span<T> missing(static_cast<T*>(nullptr), 4);
  const auto descend = [&](const tp::sgd& rule, std::span<T> velocity) {
    return refusal([&] { tp::update(rule, w, g, velocity); }, w, m, v);
  };
  const tp::sgd plain, heavy{.momentum = 0.9};
  CHECK(descend(plain, m) == "update: velocity has 4 elements, expected 0");
  CHECK(descend(heavy, none) == "update: velocity has 0 elements, expected 4");
  CHECK(descend(heavy, m.first(3)) == "update: velocity has 3 elements, expected 4");
  CHECK(descend(heavy, missing) == "update: velocity is null");
  CHECK(descend(heavy, w) == "update: parameters overlaps velocity");
  const auto check_adam = [&]<class Adam>(const Adam& rule) {
    const tp::optimizer_progress first = next(tp::optimizer_progress{}, rule);
    const auto with = [&](std::span<T> one, std::span<T> two) {
      return refusal([&] { tp::update(rule, w, g, one, two, first); }, w, m, v);
    };
    CHECK(with(m.first(3), v) == "update: m has 3 elements, expected 4");
    CHECK(with(m, v.first(3)) == "update: v has 3 elements, expected 4");
    CHECK(with(none, v) == "update: m has 0 elements, expected 4");
    CHECK(with(m, none) == "update: v has 0 elements, expected 4");
    CHECK(with(missing, v) == "update: m is null");
    CHECK(with(m, missing) == "update: v is null");
    CHECK(with(w, v) == "update: parameters overlaps m");
    CHECK(with(m, w) == "update: parameters overlaps v");
    CHECK(with(m, m) == "update: m overlaps v");
    CHECK(refusal([&] { tp::update(rule, w, g.first(3), m, v, first); }, w, m, v) ==
          "update: gradients has 3 elements, expected 4");
    CHECK(refusal([&] { tp::update(rule, w, w, m, v, first); }, w, m, v) ==
          "update: parameters overlaps gradients");
    CHECK(refusal([&] { tp::update(rule, w, m, m, v, first); }, w, m, v) == "update: m overlaps gradients");
    CHECK(refusal([&] { tp::update(rule, w, v, m, v, first); }, w, m, v) == "update: v overlaps gradients");
    CHECK(x.refusal_of(rule, {}) ==
          "update: Adam's progress counts no update; it is the one with this update");
  };
  check_adam(tp::adam{});
  check_adam(tp::adamw{});
  CHECK(refusal([&] { tp::update(heavy, w, m, m); }, w, m, v) == "update: velocity overlaps gradients");

  const neighbours<T> p(1, 4);
  CHECK(refusal([&] { tp::update(heavy, p.first_span(), g, p.sharing(4)); }, p.memory()) ==
        "update: parameters overlaps velocity");
  CHECK(error_of([&] { tp::update(heavy, p.first_span(), g, p.disjoint(4)); }) == "no error");
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
