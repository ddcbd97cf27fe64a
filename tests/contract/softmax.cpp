// SPDX-License-Identifier: MIT
// Softmax and cross-entropy of every width, with one-hot and soft targets and class indices.
#include <twinpath/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/arithmetic.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::reduction;

template <class T>
struct outcome {
  T loss;
  tp::matrix<T> dZ;
};

template <class T>
outcome<T> reference(const tp::matrix<T>& Z, const tp::matrix<T>& Y, reduction how) {
  tp::matrix<T> dZ(Z.rows(), Z.cols());
  const T loss = with_arithmetic([&]<class arithmetic>(arithmetic) {
    return tp::contract::softmax_cross_entropy<arithmetic, T>(Z, Y, dZ, how);
  });
  return {loss, std::move(dZ)};
}

template <class T>
tp::matrix<T> softmax_reference(const tp::matrix<T>& Z) {
  tp::matrix<T> P(Z.rows(), Z.cols());
  with_arithmetic([&]<class arithmetic>(arithmetic) {
    for (std::size_t i = 0; i < Z.rows(); ++i) tp::contract::softmax_row<arithmetic, T>(Z.row(i), P.row(i));
  });
  return P;
}

/// Scores, and targets in three forms.
template <class T>
struct batch {
  batch(std::size_t m, std::size_t n, generator& random, std::uint64_t special_one_in)
      : Z(m, n), soft(m, n), one_hot(m, n), classes(m) {
    for (T& z : Z.elements()) {
      z = special_one_in == 0 ? 8 * random.uniform<T>() : 8 * random.special<T>(special_one_in);
    }
    // Some targets are 0, and the sums are not 1.
    for (T& y : soft.elements()) y = random.below(3) == 0 ? T(0) : random.uniform<T>();
    for (std::size_t i = 0; i < m; ++i) {
      const std::uint64_t label = random.below(n);
      classes[i] = static_cast<std::int32_t>(label);
      one_hot(i, label) = 1;
    }
  }

  tp::matrix<T> Z;
  tp::matrix<T> soft;
  tp::matrix<T> one_hot;
  std::vector<std::int32_t> classes;
};

template <class T>
struct expectation {
  explicit expectation(const batch<T>& b)
      : P(softmax_reference(b.Z)),
        soft(reference(b.Z, b.soft, reduction::mean)),
        hard(reference(b.Z, b.one_hot, reduction::mean)),
        soft_sum(reference(b.Z, b.soft, reduction::sum)) {}

  tp::matrix<T> P;
  outcome<T> soft;
  outcome<T> hard;
  outcome<T> soft_sum;
};

template <class T>
void compare(T loss, const padded_matrix<T>& dZ, const outcome<T>& expected) {
  const std::string wrong = difference<T>(dZ.view(), expected.dZ);
  if (wrong.empty() && same_bits(loss, expected.loss) && dZ.padding_untouched()) return;
  REQUIRE(wrong == "");
  INFO("the loss is " << text_of(loss) << ", the contract says " << text_of(expected.loss));
  REQUIRE(same_bits(loss, expected.loss));
  REQUIRE(dZ.padding_untouched());
}

template <class T>
void check(const batch<T>& b, const expectation<T>& expected, std::size_t l) {
  const std::size_t m = b.Z.rows();
  const std::size_t n = b.Z.cols();
  CAPTURE(m, n, l);
  const layout where = layouts[l];
  const layout elsewhere = layouts[(l + 1) % std::size(layouts)];
  const padded_matrix<T> Z(b.Z.view(), where);
  const padded_matrix<T> soft(b.soft.view(), elsewhere);
  const padded_matrix<T> one_hot(b.one_hot.view(), elsewhere);
  padded_matrix<T> out(m, n, elsewhere);

  tp::softmax(Z.view(), out.view());
  compare<T>(0, out, {0, expected.P});
  compare<T>(tp::softmax_cross_entropy(Z.view(), soft.view(), out.view()), out, expected.soft);
  compare<T>(tp::softmax_cross_entropy(Z.view(), soft.view(), out.view(), reduction::sum), out,
             expected.soft_sum);
  compare<T>(tp::softmax_cross_entropy(Z.view(), one_hot.view(), out.view()), out, expected.hard);
  out.fill(filler<T>());
  compare<T>(tp::softmax_cross_entropy(Z.view(), b.classes, out.view()), out, expected.hard);
}

/// Outputs in the memory of an input.
template <class T>
void check_in_place(const batch<T>& b, const expectation<T>& expected) {
  const padded_matrix<T> Z(b.Z.view(), layouts[1]);
  const padded_matrix<T> soft(b.soft.view(), layouts[2]);
  {
    padded_matrix<T> both(b.Z.view(), layouts[1]);
    tp::softmax(both.view(), both.view());
    compare<T>(0, both, {0, expected.P});
    both.assign(b.Z);
    compare<T>(tp::softmax_cross_entropy(both.view(), soft.view(), both.view()), both, expected.soft);
    both.assign(b.Z);
    compare<T>(tp::softmax_cross_entropy(both.view(), b.classes, both.view()), both, expected.hard);
  }
  padded_matrix<T> both(b.soft.view(), layouts[2]);
  compare<T>(tp::softmax_cross_entropy(Z.view(), both.view(), both.view()), both, expected.soft);
}

}  // namespace

TEMPLATE_TEST_CASE("softmax and cross-entropy of every width", "[softmax]", float, double) {
  using T = TestType;
  generator random(9);
  std::size_t batches = 0;
  const auto run = [&](std::size_t m, std::size_t n, std::uint64_t special_one_in) {
    const batch<T> b(m, n, random, special_one_in);
    const expectation<T> expected(b);
    for (std::size_t l = 0; l < std::size(layouts); ++l) check(b, expected, l);
    check_in_place(b, expected);
    ++batches;
  };
  for (std::size_t n = 1; n <= 200; ++n) {
    run(3, n, 0);
    run(4, n, 100);
  }
  for (std::size_t m = 1; m <= 100; ++m) {
    run(m, 10, 0);
    if (m % 7 == 2) run(m, 33, 500);
  }
  CHECK(batches > 500);
}

TEMPLATE_TEST_CASE("softmax and cross-entropy over threads", "[softmax]", float, double) {
  using T = TestType;
  generator random(10);
  std::size_t shared = 0;
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{100, 200}, {1500, 10}}) {
    const std::size_t m = rows, n = cols;
    const batch<T> b(m, n, random, 0);
    const expectation<T> expected(b);
    for (const std::size_t threads : thread_counts) {
      on_threads(threads, [&] {
        check(b, expected, 1);
        check_in_place(b, expected);
        tp::matrix<T> out(m, n);
        const std::size_t softmax = pieces_of("softmax", [&] { tp::softmax(b.Z, out); });
        const std::size_t loss = pieces_of("loss", [&] { tp::softmax_cross_entropy(b.Z, b.one_hot, out); });
        CHECK((threads > 1 || (softmax == 1 && loss == 1)));
        shared += softmax > 1 && loss > 1 ? 1 : 0;
      });
    }
  }
  CHECK(shared >= 2);
}

TEMPLATE_TEST_CASE("softmax of large scores", "[softmax]", float, double) {
  using T = TestType;
  const tp::matrix<T> Z{{1000, 999, -1000}, {-1000, -1000, -1000}, {1000, 1000, 1000}, {0, -1000, 1000}};
  tp::matrix<T> P(4, 3);
  tp::softmax(Z, P);
  CHECK(difference<T>(P, softmax_reference(Z)) == "");
  for (std::size_t i = 0; i < P.rows(); ++i) {
    CHECK(std::abs(tp::contract::row_sum<T>(P.row(i)) - 1) < 4 * std::numeric_limits<T>::epsilon());
  }
  CHECK(P(0, 2) == 0);
  CHECK(P(3, 2) == 1);

  // A probability of 0 gives a large loss, not an infinite one.
  tp::matrix<T> dZ(4, 3);
  const std::vector<std::int32_t> classes{2, 0, 1, 1};
  const T loss = tp::softmax_cross_entropy(Z, classes, dZ, reduction::sum);
  CHECK(loss > 4000);
  CHECK(loss < 4010);
}

TEMPLATE_TEST_CASE("scores of -Inf are masks", "[softmax]", float, double) {
  using T = TestType;
  const T infinity = std::numeric_limits<T>::infinity();
  generator random(24);
  for (const std::size_t n : {2, 5, 16, 33, 64, 65, 150}) {
    batch<T> b(9, n, random, 0);
    for (std::size_t i = 0; i < 9; ++i) {
      for (std::size_t j = 0; j < n; j += 2) {
        b.Z(i, j) = -infinity;
        b.soft(i, j) = b.one_hot(i, j) = 0;
      }
      b.one_hot(i, 1) = 1;
      for (std::size_t j = 2; j < n; ++j) b.one_hot(i, j) = 0;
      b.classes[i] = 1;
    }
    const expectation<T> expected(b);
    tp::matrix<T> P(9, n), soft(9, n), hard(9, n), by_class(9, n);
    tp::softmax(b.Z, P);
    const T losses[] = {tp::softmax_cross_entropy(b.Z, b.soft, soft),
                        tp::softmax_cross_entropy(b.Z, b.one_hot, hard),
                        tp::softmax_cross_entropy(b.Z, b.classes, by_class)};
    CAPTURE(n);
    CHECK(difference<T>(P, expected.P) == "");
    CHECK(difference<T>(soft, expected.soft.dZ) == "");
    CHECK(difference<T>(hard, expected.hard.dZ) == "");
    CHECK(difference<T>(by_class, expected.hard.dZ) == "");
    CHECK(same_bits(losses[0], expected.soft.loss));
    CHECK(same_bits(losses[1], expected.hard.loss));
    CHECK(same_bits(losses[2], expected.hard.loss));
    CHECK(std::isfinite(losses[0]));
    for (std::size_t i = 0; i < 9; ++i) {
      for (std::size_t j = 0; j < n; j += 2) {
        CHECK(P(i, j) == 0);
        CHECK(soft(i, j) == 0);
        CHECK(by_class(i, j) == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("a row of which all scores are masked is NaN, and no other row", "[softmax]", float,
                   double) {
  using T = TestType;
  for (const std::size_t n : {1, 5, 16, 64, 65, 150}) {
    tp::matrix<T> Z(3, n), P(3, n), Y(3, n), dZ(3, n);
    for (std::size_t j = 0; j < n; ++j) Z(1, j) = -std::numeric_limits<T>::infinity();
    tp::softmax(Z, P);
    (void)tp::softmax_cross_entropy(Z, Y, dZ);
    CAPTURE(n);
    CHECK(difference<T>(P, softmax_reference(Z)) == "");
    CHECK(std::ranges::all_of(P.row(1), [](T p) { return std::isnan(p); }));
    CHECK(std::ranges::none_of(P.row(0), [](T p) { return std::isnan(p); }));
    CHECK(std::ranges::none_of(dZ.row(2), [](T p) { return std::isnan(p); }));
  }
}

TEMPLATE_TEST_CASE("targets that do not sum to 1 weight their row, and targets of 0 ignore it", "[softmax]",
                   float, double) {
  using T = TestType;
  const tp::matrix<T> Z{{1, 2, 3}, {3, 1, 2}, {5, 5, 5}};
  const tp::matrix<T> Y{{0, 0, T(0.25)}, {2, 0, 0}, {0, 0, 0}};
  tp::matrix<T> dZ(3, 3);
  const T loss = tp::softmax_cross_entropy(Z, Y, dZ, reduction::sum);
  CHECK(std::abs(loss - T(2.25 * std::log(1 + std::exp(-1.0) + std::exp(-2.0)))) < T(1e-6));
  for (const T d : dZ.row(2)) CHECK(d == 0);
}
