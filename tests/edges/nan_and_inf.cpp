// SPDX-License-Identifier: MIT
// How NaN, infinities and zeros propagate.
#include <twinpath/twinpath.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "support/activations.hpp"
#include "support/arithmetic.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;

template <class T>
constexpr T NaN = std::numeric_limits<T>::quiet_NaN();
template <class T>
constexpr T Inf = std::numeric_limits<T>::infinity();

template <class T>
bool is_plus_zero(T x) {
  return x == 0 && !std::signbit(x);
}

/// Elements of both signs, none near 0.
template <class T>
tp::matrix<T> plain_matrix(std::size_t rows, std::size_t cols, generator& random) {
  tp::matrix<T> x = uniform_matrix<T>(rows, cols, random);
  for (T& e : x.elements()) e += e < 0 ? T(-0.5) : T(0.5);
  return x;
}

template <class T>
tp::matrix<T> flipped(const tp::matrix<T>& x) {
  tp::matrix<T> y(x.cols(), x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) y(j, i) = x(i, j);
  }
  return y;
}

/// A*B, read from memory in one of four ways.
template <class T>
tp::matrix<T> product(const tp::matrix<T>& A, const tp::matrix<T>& B, unsigned transposed) {
  tp::matrix<T> C(A.rows(), B.cols());
  const tp::matrix<T> At = flipped(A), Bt = flipped(B);
  const tp::operand<T> a = (transposed & 1) != 0 ? tp::transposed(At) : tp::operand<T>(A);
  const tp::operand<T> b = (transposed & 2) != 0 ? tp::transposed(Bt) : tp::operand<T>(B);
  tp::gemm(a, b, C);
  return C;
}

struct product_size {
  std::size_t m, n, k;
};
/// Smaller than a register tile, with edges on all sides, and packed in several blocks.
constexpr product_size product_sizes[] = {{5, 7, 3}, {33, 17, 40}, {130, 260, 300}};

/// Elements that are neither as `wanted` says nor, where `wanted` says nothing, as in `clean`.
template <class T>
std::size_t wrong(const tp::matrix<T>& actual, const tp::matrix<T>& clean,
                  const std::function<bool(std::size_t, std::size_t)>& changed,
                  const std::function<T(std::size_t, std::size_t)>& wanted) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < actual.rows(); ++i) {
    for (std::size_t j = 0; j < actual.cols(); ++j) {
      const T expected = changed(i, j) ? wanted(i, j) : clean(i, j);
      count += same_bits(actual(i, j), expected) ? 0 : 1;
    }
  }
  return count;
}

}  // namespace

TEMPLATE_TEST_CASE("a NaN or infinity affects exactly its row or column of a product", "[edges][nan]", float,
                   double) {
  using T = TestType;
  for (const auto& [m, n, k] : product_sizes) {
    generator random(m);
    const tp::matrix<T> A = plain_matrix<T>(m, k, random);
    tp::matrix<T> B = plain_matrix<T>(k, n, random);
    for (const unsigned transposed : {0u, 1u, 2u, 3u}) {
      INFO(m << "x" << n << "x" << k << ", transposed " << transposed);
      const tp::matrix<T> clean = product(A, B, transposed);
      for (const auto& [row, column, p] :
           {product_size{0, 0, 0}, {m / 2, n / 2, k / 2}, {m - 1, n - 1, k - 1}, {m / 3, n - 1, k - 1}}) {
        const auto in_row = [r = row](std::size_t i, std::size_t) { return i == r; };
        const auto in_column = [c = column](std::size_t, std::size_t j) { return j == c; };
        const auto always_nan = [](std::size_t, std::size_t) { return NaN<T>; };
        tp::matrix<T> a(A), b(B);
        a(row, p) = NaN<T>;
        CHECK(wrong<T>(product(a, B, transposed), clean, in_row, always_nan) == 0);
        b(p, column) = NaN<T>;
        CHECK(wrong<T>(product(A, b, transposed), clean, in_column, always_nan) == 0);

        a(row, p) = Inf<T>;
        CHECK(wrong<T>(product(a, B, transposed), clean, in_row, [&, q = p](std::size_t, std::size_t j) {
                return std::copysign(Inf<T>, B(q, j));
              }) == 0);
        b(p, column) = -Inf<T>;
        CHECK(wrong<T>(product(A, b, transposed), clean, in_column, [&, q = p](std::size_t i, std::size_t) {
                return -std::copysign(Inf<T>, A(i, q));
              }) == 0);

        // Infinity times 0 is NaN, so a product must not skip zeros.
        const T kept = B(p, column);
        B(p, column) = 0;
        const tp::matrix<T> with_zero = product(a, B, transposed);
        CHECK(with_zero(row, column) != with_zero(row, column));
        B(p, column) = kept;
      }
    }
  }
}

TEMPLATE_TEST_CASE("factors of 0 do not hide a NaN", "[edges][nan]", float, double) {
  using T = TestType;
  const tp::matrix<T> A{{1, NaN<T>}, {1, 1}}, B{{1, 2, 3}, {4, 5, 6}};
  tp::matrix<T> C{{1, 1, 1}, {1, NaN<T>, 1}};
  tp::gemm(A, B, C, T(0), T(1));
  for (std::size_t j = 0; j < 3; ++j) CHECK(C(0, j) != C(0, j));
  CHECK(C(1, 0) == 1);
  CHECK(C(1, 1) != C(1, 1));
  CHECK(C(1, 2) == 1);
}

TEMPLATE_TEST_CASE("results beyond the range of the type are infinities", "[edges][nan]", float, double) {
  using T = TestType;
  const T big = std::numeric_limits<T>::max();
  const tp::matrix<T> A{{big, 0}, {-big, 0}, {big, big}}, B{{2, 1, T(0.5)}, {2, 1, T(0.5)}};
  tp::matrix<T> C(3, 3);
  tp::gemm(A, B, C);
  const tp::matrix<T> product{{Inf<T>, big, big / 2}, {-Inf<T>, -big, -big / 2}, {Inf<T>, Inf<T>, big}};
  CHECK(difference<T>(C, product) == "");
  tp::gemm(A, B, C, T(4));
  CHECK(C(0, 2) == Inf<T>);
  CHECK(C(1, 2) == -Inf<T>);

  tp::matrix<T> X{{1000, -1000, Inf<T>, -Inf<T>, NaN<T>}}, Y(1, 5);
  tp::exp(X, Y);
  CHECK(difference<T>(Y, tp::matrix<T>{{Inf<T>, 0, Inf<T>, 0, NaN<T>}}) == "");
  X = {{0, T(-0.0), -1, Inf<T>, NaN<T>}};
  tp::log(X, Y);
  CHECK(difference<T>(Y, tp::matrix<T>{{-Inf<T>, -Inf<T>, NaN<T>, Inf<T>, NaN<T>}}) == "");

  T parameter[] = {big, -big};
  const T gradient[] = {-big, big};
  tp::update(tp::sgd{.learning_rate = 1}, std::span<T>(parameter), std::span<const T>(gradient));
  CHECK(parameter[0] == Inf<T>);
  CHECK(parameter[1] == -Inf<T>);
}

TEMPLATE_TEST_CASE("sums overflow and propagate NaN", "[edges][nan]", float, double) {
  using T = TestType;
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{3, 5}, {70, 67}, {2000, 100}}) {
    generator random(rows);
    tp::matrix<T> X = uniform_matrix<T>(rows, cols, random);
    X(rows / 2, cols - 1) = NaN<T>;
    X(rows - 1, 0) = -Inf<T>;
    X(0, 1) = X(1, 1) = std::numeric_limits<T>::max();
    std::vector<T> by_column(cols), by_row(rows);
    tp::column_sums(X, std::span<T>(by_column));
    tp::row_sums(X, std::span<T>(by_row));
    for (std::size_t j = 2; j + 1 < cols; ++j) CHECK(std::isfinite(by_column[j]));
    CHECK(by_column[0] == -Inf<T>);
    CHECK(by_column[1] == Inf<T>);
    CHECK(std::isnan(by_column[cols - 1]));
    for (std::size_t i = 0; i < rows; ++i) {
      if (i != rows / 2) CHECK(!std::isnan(by_row[i]));
      CHECK(std::isfinite(by_row[i]) == (i != rows / 2 && i != rows - 1));
    }
    CHECK(std::isnan(by_row[rows / 2]));
    CHECK(by_row[rows - 1] == -Inf<T>);
    CHECK(std::isnan(tp::sum(X)));
  }
}

TEMPLATE_TEST_CASE("relu keeps NaN and maps all numbers up to 0 to +0", "[edges][nan]", float, double) {
  using T = TestType;
  const T tiny = std::numeric_limits<T>::denorm_min();
  const std::pair<T, T> values[] = {{NaN<T>, NaN<T>}, {-NaN<T>, NaN<T>}, {T(-0.0), T(0)}, {T(0), T(0)},
                                    {-tiny, T(0)},    {tiny, tiny},      {-Inf<T>, T(0)}, {Inf<T>, Inf<T>},
                                    {T(-3), T(0)},    {T(3), T(3)}};
  for (std::size_t n = 1; n <= 70; ++n) {
    for (std::size_t at = 0; at < n; ++at) {
      for (const auto& [x, expected] : values) {
        tp::matrix<T> X(1, n), Y(1, n);
        for (T& e : X.elements()) e = 2;
        X(0, at) = x;
        tp::relu(X, Y);
        std::size_t right = 0;
        for (std::size_t j = 0; j < n; ++j) right += same_bits(Y(0, j), j == at ? expected : T(2)) ? 1 : 0;
        if (right != n) FAIL(text_of(x) << " at " << at << " of " << n << " becomes " << text_of(Y(0, at)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("relu in the epilogue of a product is the same function", "[edges][nan]", float, double) {
  using T = TestType;
  for (const auto& [m, n, k] : product_sizes) {
    generator random(n);
    tp::matrix<T> X = plain_matrix<T>(m, k, random);
    const tp::matrix<T> W = plain_matrix<T>(k, n, random);
    std::vector<T> b(n, T(0));
    X(m - 1, k / 2) = NaN<T>;
    b[n - 2] = NaN<T>;
    b[n - 1] = -Inf<T>;
    tp::matrix<T> Z(m, n), A(m, n);
    tp::dense_forward(X, W, std::span<const T>(b), tp::activation::identity, Z);
    tp::dense_forward(X, W, std::span<const T>(b), tp::activation::relu, A);
    std::size_t differences = 0;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        differences += same_bits(A(i, j), tp::contract::relu(Z(i, j))) ? 0 : 1;
      }
    }
    CHECK(differences == 0);
    for (std::size_t j = 0; j < n; ++j) CHECK(std::isnan(A(m - 1, j)));
    CHECK(std::isnan(A(0, n - 2)));
    CHECK(is_plus_zero(A(0, n - 1)));
  }
}

TEMPLATE_TEST_CASE("relu of a sum that underflows to -0 is +0", "[edges][nan]", float, double) {
  using T = TestType;
  const T tiny = std::numeric_limits<T>::denorm_min();
  const tp::matrix<T> X{{-tiny}}, W{{tiny}};
  const T b[] = {T(-0.0)};
  tp::matrix<T> Z(1, 1), A(1, 1);
  tp::dense_forward(X, W, std::span<const T>(b), tp::activation::identity, Z);
  tp::dense_forward(X, W, std::span<const T>(b), tp::activation::relu, A);
  const bool one_rounding = tp::active_isa() != tp::isa::baseline;
  CHECK(std::signbit(Z(0, 0)) == one_rounding);
  CHECK(is_plus_zero(A(0, 0)));
}

TEMPLATE_TEST_CASE("the mask selects: where it is 0, NaN and infinity become +0", "[edges][nan]", float,
                   double) {
  using T = TestType;
  for (const auto& [m, n, k] : product_sizes) {
    generator random(k);
    tp::matrix<T> dZ = plain_matrix<T>(m, k, random);
    const tp::matrix<T> W = plain_matrix<T>(n, k, random);
    tp::matrix<T> A(m, n);
    const T shut[] = {T(0), T(-0.0), T(-1), -Inf<T>, NaN<T>};
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) A(i, j) = (i + j) % 2 == 0 ? T(1) : shut[(i + j) / 2 % 5];
    }
    dZ(0, 0) = NaN<T>;
    dZ(m / 2, k - 1) = Inf<T>;
    tp::matrix<T> open(m, n), masked(m, n);
    tp::backprop_path(dZ, W, A, open, tp::activation::identity);
    tp::backprop_path(dZ, W, A, masked, tp::activation::relu);
    std::size_t right = 0;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        right += A(i, j) > 0 ? same_bits(masked(i, j), open(i, j)) : is_plus_zero(masked(i, j));
      }
    }
    CHECK(right == m * n);
    CHECK(std::isnan(masked(0, 0)));
    CHECK(std::isinf(open(m / 2, 0)));
  }
}

TEMPLATE_TEST_CASE("softmax of extreme scores", "[edges][nan]", float, double) {
  using T = TestType;
  const T big = std::numeric_limits<T>::max();
  const tp::matrix<T> Z{{1000, -1000, 0}, {1000, 1000, -1000},   {-1000, -1000, -1000},
                        {big, -big, 0},   {-Inf<T>, 5, -Inf<T>}, {-Inf<T>, 2, 2}};
  const T third = T(1) / 3;
  const tp::matrix<T> expected{{1, 0, 0}, {T(0.5), T(0.5), 0}, {third, third, third},
                               {1, 0, 0}, {0, 1, 0},           {0, T(0.5), T(0.5)}};
  tp::matrix<T> P(Z.rows(), 3);
  tp::softmax(Z, P);
  CHECK(difference<T>(P, expected) == "");
}

TEMPLATE_TEST_CASE("a row of softmax without a finite result is NaN and does not affect other rows",
                   "[edges][nan]", float, double) {
  using T = TestType;
  for (const std::size_t n : {1u, 3u, 10u, 33u, 70u}) {
    generator random(n);
    for (const std::size_t at : {std::size_t{0}, n / 2, n - 1}) {
      tp::matrix<T> Z = uniform_matrix<T>(5, n, random);
      tp::matrix<T> clean(5, n), P(5, n);
      tp::softmax(Z, clean);
      Z(1, at) = NaN<T>;
      Z(2, at) = Inf<T>;
      for (T& z : Z.row(4)) z = -Inf<T>;
      tp::softmax(Z, P);
      std::size_t right = 0;
      for (std::size_t j = 0; j < n; ++j) {
        for (const std::size_t i : {0u, 3u}) right += same_bits(P(i, j), clean(i, j)) ? 1 : 0;
        for (const std::size_t i : {1u, 2u, 4u}) right += std::isnan(P(i, j)) ? 1 : 0;
      }
      CHECK(right == 5 * n);
    }
  }
}

TEMPLATE_TEST_CASE("a probability of 0 has a finite loss", "[edges][nan]", float, double) {
  using T = TestType;
  const tp::matrix<T> Z{{1000, -1000}, {-1000, 1000}};
  const tp::matrix<T> Y{{0, 1}, {0, 1}};
  const std::int32_t classes[] = {1, 1};
  tp::matrix<T> dZ(2, 2), by_class(2, 2);
  CHECK(tp::softmax_cross_entropy(Z, Y, dZ, tp::reduction::sum) == 2000);
  CHECK(tp::softmax_cross_entropy(Z, classes, by_class, tp::reduction::sum) == 2000);
  const tp::matrix<T> expected{{1, -1}, {0, 0}};
  CHECK(difference<T>(dZ, expected) == "");
  CHECK(difference<T>(by_class, expected) == "");
  CHECK(tp::softmax_cross_entropy(Z, Y, dZ) == 1000);
  CHECK(dZ(0, 0) == T(0.5));
}

TEMPLATE_TEST_CASE("targets of 0 are skipped for every score", "[edges][nan]", float, double) {
  using T = TestType;
  const tp::matrix<T> Z{{3, -Inf<T>, 3, -Inf<T>}};
  for (const T zero : {T(0), T(-0.0)}) {
    const tp::matrix<T> Y{{T(0.25), zero, T(0.75), zero}};
    tp::matrix<T> dZ(1, 4);
    const T loss = tp::softmax_cross_entropy(Z, Y, dZ);
    CHECK(std::abs(loss - std::log(T(2))) < T(1e-6));
    CHECK(dZ(0, 0) == T(0.25));
    CHECK(dZ(0, 1) == 0);
    CHECK(dZ(0, 2) == T(-0.25));
    CHECK(dZ(0, 3) == 0);
  }
  const std::int32_t possible[] = {2}, impossible[] = {1};
  tp::matrix<T> dZ(1, 4);
  CHECK(std::isfinite(tp::softmax_cross_entropy(Z, possible, dZ)));
  CHECK(dZ(0, 1) == 0);
  CHECK(tp::softmax_cross_entropy(Z, impossible, dZ) == Inf<T>);
  CHECK(dZ(0, 1) == -1);
}

TEMPLATE_TEST_CASE("cross-entropy of special scores follows the contract", "[edges][nan]", float, double) {
  using T = TestType;
  for (const std::size_t n : {1u, 2u, 10u, 33u, 70u}) {
    generator random(n);
    const tp::matrix<T> Z = special_matrix<T>(64, n, random, 8);
    tp::matrix<T> Y = special_matrix<T>(64, n, random, 8);
    std::vector<std::int32_t> classes;
    tp::matrix<T> one_hot(64, n);
    for (std::size_t i = 0; i < 64; ++i) {
      if (i % 2 == 0) std::ranges::fill(Y.row(i), T(0));
      classes.push_back(static_cast<std::int32_t>(random.below(n)));
      one_hot(i, static_cast<std::size_t>(classes[i])) = 1;
    }
    for (const tp::reduction how : {tp::reduction::mean, tp::reduction::sum}) {
      for (std::size_t i = 0; i < 64; ++i) {  // row by row, because one NaN would hide the other losses
        const tp::matrix_view<const T> z = Z.block(i, 0, 1, n), y = Y.block(i, 0, 1, n),
                                       hot = one_hot.block(i, 0, 1, n);
        tp::matrix<T> dZ(1, n), expected(1, n);
        const auto contract = [&](tp::matrix_view<const T> targets) {
          return with_arithmetic([&]<class arithmetic>(arithmetic) {
            return tp::contract::softmax_cross_entropy<arithmetic, T>(z, targets, expected, how);
          });
        };
        const T soft = tp::softmax_cross_entropy(z, y, dZ, how);
        CHECK(same_bits(soft, contract(y)));
        CHECK(difference<T>(dZ, expected) == "");
        const T by_class = tp::softmax_cross_entropy(z, std::span(classes).subspan(i, 1), dZ, how);
        CHECK(same_bits(by_class, contract(hot)));
        CHECK(difference<T>(dZ, expected) == "");
      }
    }
  }
}

TEMPLATE_TEST_CASE("losses over elements of special scores follow the contract", "[edges][nan]", float,
                   double) {
  using T = TestType;
  const auto check = [](auto contract, auto loss) {
    generator random(3);
    for (std::size_t i = 0; i < 4000; ++i) {  // one by one, because one NaN would hide the other losses
      const tp::matrix<T> Z = special_matrix<T>(1, 1, random, 2), Y = special_matrix<T>(1, 1, random, 2);
      tp::matrix<T> dZ(1, 1), expected(1, 1);
      const T wanted = contract(Z, Y, expected);
      INFO("scores " << Z(0, 0) << ", target " << Y(0, 0));
      REQUIRE(same_bits(loss(Z, Y, dZ, tp::reduction::sum), wanted));
      REQUIRE(difference<T>(dZ, expected) == "");
    }
  };
  using matrix = tp::matrix<T>;
  using function =
      T (*)(tp::matrix_view<const T>, tp::matrix_view<const T>, tp::matrix_view<T>, tp::reduction);
  check(
      [](const matrix& Z, const matrix& Y, matrix& dZ) {
        return with_arithmetic([&]<class arithmetic>(arithmetic) {
          return tp::contract::sigmoid_cross_entropy<arithmetic, T>(Z, Y, dZ, tp::reduction::sum);
        });
      },
      static_cast<function>(tp::sigmoid_cross_entropy));
  check(
      [](const matrix& Z, const matrix& Y, matrix& dZ) {
        return with_arithmetic([&]<class arithmetic>(arithmetic) {
          return tp::contract::mean_squared_error<arithmetic, T>(Z, Y, dZ, tp::reduction::sum);
        });
      },
      static_cast<function>(tp::mean_squared_error));
}

TEMPLATE_TEST_CASE("sigmoid cross-entropy of extreme scores is finite", "[edges][nan]", float, double) {
  using T = TestType;
  tp::matrix<T> dZ(1, 1);
  for (const T large : {T(100), T(1e4), T(1e30)}) {
    for (const T target : {T(0), T(1)}) {
      CAPTURE(large, target);
      const T above = tp::sigmoid_cross_entropy(tp::matrix<T>{{large}}, tp::matrix<T>{{target}}, dZ);
      CHECK(std::abs(above - (target == 0 ? large : T(0))) <= std::exp(-large));
      CHECK(dZ(0, 0) == 1 - target);
      const T below = tp::sigmoid_cross_entropy(tp::matrix<T>{{-large}}, tp::matrix<T>{{target}}, dZ);
      CHECK(std::abs(below - (target == 0 ? T(0) : large)) <= std::exp(-large));
      CHECK(std::abs(dZ(0, 0) + target) <= std::exp(-large));
    }
  }
}

TEMPLATE_TEST_CASE("every activation and its derivative keep a NaN, and no other number becomes NaN",
                   "[edges][nan]", float, double) {
  using T = TestType;
  using limits = std::numeric_limits<T>;
  for (const tp::activation f : all_activations) {
    CAPTURE(static_cast<int>(f));
    const tp::matrix<T> Z{
        {NaN<T>, limits::max(), -limits::max(), limits::denorm_min(), T(-0.0), T(1), T(64)}};
    tp::matrix<T> A(1, 7);
    tp::activate(f, Z, A);
    CHECK(std::isnan(A(0, 0)));
    for (std::size_t j = 1; j < 7; ++j) CHECK(!std::isnan(A(0, j)));
    const tp::matrix<T> one{{1}}, weights{{1}, {1}, {1}, {1}, {1}, {1}, {1}};
    tp::matrix<T> below(1, 7);
    tp::backprop_path(one, weights, tp::keeps_scores(f) ? Z : A, below, f);
    // The derivative of these two is a selection or absent.
    const bool selects = f == tp::activation::relu || f == tp::activation::leaky_relu;
    CHECK(std::isnan(below(0, 0)) == (!selects && f != tp::activation::identity));
    for (std::size_t j = 1; j < 7; ++j) CHECK(!std::isnan(below(0, j)));
  }
}

TEMPLATE_TEST_CASE("a NaN gradient affects its own parameter alone", "[edges][nan]", float, double) {
  using T = TestType;
  const std::size_t n = 70;
  const auto check = [&](const auto& update) {
    for (const T bad : {NaN<T>, Inf<T>}) {
      std::vector<T> w(n, T(1)), m(n), v(n), plain_w(w), plain_m(m), plain_v(v), g(n, T(0.5));
      update(plain_w, g, plain_m, plain_v);
      g[33] = bad;
      update(w, g, m, v);
      for (std::size_t i = 0; i < n; ++i) {
        if (i == 33) {
          CHECK(!std::isfinite(w[i]));
          continue;
        }
        CHECK((w[i] == plain_w[i] && m[i] == plain_m[i] && v[i] == plain_v[i]));
      }
    }
  };
  check([](std::vector<T>& w, const std::vector<T>& g, std::vector<T>& m, std::vector<T>&) {
    tp::update(tp::sgd{.momentum = 0.9, .weight_decay = 0.1}, w, std::span<const T>(g), m);
  });
  check([](std::vector<T>& w, const std::vector<T>& g, std::vector<T>&, std::vector<T>&) {
    tp::update(tp::sgd{.weight_decay = 0.1}, w, std::span<const T>(g));
  });
  check([](std::vector<T>& w, const std::vector<T>& g, std::vector<T>& m, std::vector<T>& v) {
    tp::update(tp::adam{}, w, std::span<const T>(g), m, v, next({}, tp::adam{}));
  });
  check([](std::vector<T>& w, const std::vector<T>& g, std::vector<T>& m, std::vector<T>& v) {
    tp::update(tp::adamw{}, w, std::span<const T>(g), m, v, next({}, tp::adamw{}));
  });
}

TEMPLATE_TEST_CASE("a network computes with NaN without an error", "[edges][nan]", float, double) {
  using T = TestType;
  tp::mlp<T> net({4, 8, 3}, {.seed = 1});
  generator random(1);
  tp::matrix<T> X = uniform_matrix<T>(6, 4, random);
  const std::int32_t classes[] = {0, 1, 2, 0, 1, 2};
  X(2, 1) = NaN<T>;
  CHECK(std::isnan(net.train_step(X, classes, tp::sgd{})));
  CHECK(std::isnan(net.weights(1)(1, 0)));
  const tp::matrix<T> P = net.predict(X);
  CHECK(std::isnan(P(0, 0)));
  CHECK(tp::accuracy(P, classes) == 0);
}
