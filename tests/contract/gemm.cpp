// SPDX-License-Identifier: MIT
// gemm, as a user calls it, over every family of shapes: all transpositions, alpha and beta, strides and
// alignments.
#include <twinpath/gemm.hpp>

#include <span>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/product_case.hpp"

namespace {

using namespace tests;

template <class T>
using factors = std::vector<std::pair<T, T>>;

template <class T>
const factors<T>& all_factors() {
  static const factors<T> all = [] {
    factors<T> pairs;
    for (const T alpha : {T(1), T(0.7), T(-1), T(0)}) {
      for (const T beta : {T(0), T(1), T(-0.3)}) pairs.emplace_back(alpha, beta);
    }
    return pairs;
  }();
  return all;
}

/// For products that take long: one pair for each way to finish C, one of them with alpha = 0.
template <class T>
const factors<T>& few_factors() {
  static const factors<T> few{{T(1), T(0)}, {T(0.7), T(-0.3)}, {T(-1), T(1)}, {T(0), T(0)}};
  return few;
}

/// Counts the products compared.
template <class T>
std::size_t check(const shape& s, data kind, std::span<const layout> where) {
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  const bool large = s.m * s.n * s.k > 4'000'000;
  std::vector<tp::matrix<T>> expected;
  const factors<T>& pairs = large ? few_factors<T>() : all_factors<T>();
  for (const auto& [alpha, beta] : pairs) expected.push_back(x.expected(gemm_epilogue(alpha, beta)));

  std::size_t products = 0;
  for (std::size_t l = large ? where.size() - 1 : 0; l < where.size(); ++l) {
    const layout a = where[l];
    const layout b = where[(l + 1) % where.size()];
    const stored_operands<T> operands(x.A, x.B, a, b);
    padded_matrix<T> C(s.m, s.n, where[(l + 2) % where.size()]);
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        for (std::size_t f = 0; f < pairs.size(); ++f) {
          const auto [alpha, beta] = pairs[f];
          if (beta == 0) {
            C.fill(filler<T>());
          } else {
            C.assign(x.old);
          }
          tp::gemm(operands.A(a_transposed), operands.B(b_transposed), C.view(), alpha, beta);
          ++products;
          const std::string wrong = difference<T>(C.view(), expected[f]);
          if (wrong.empty() && C.padding_untouched()) continue;
          CAPTURE(a_transposed, b_transposed, alpha, beta, l);
          REQUIRE(wrong == "");
          REQUIRE(C.padding_untouched());
        }
      }
    }
  }
  return products;
}

template <class T>
void check_all(const shapes& family, data kind = data::uniform, std::span<const layout> where = layouts) {
  std::size_t products = 0;
  for (const shape& s : family) products += check<T>(s, kind, where);
  INFO(family.size() << " shapes");
  CHECK(products >= 16 * family.size());
}

}  // namespace

TEMPLATE_TEST_CASE("gemm: tile edges", "[gemm]", float, double) {
  check_all<TestType>(families::tile_edges<TestType>());
}
TEMPLATE_TEST_CASE("gemm: tiny", "[gemm]", float, double) {
  check_all<TestType>(families::tiny());
}
TEMPLATE_TEST_CASE("gemm: narrow", "[gemm]", float, double) {
  check_all<TestType>(families::narrow());
}
TEMPLATE_TEST_CASE("gemm: layers", "[gemm]", float, double) {
  check_all<TestType>(families::layers());
}
TEMPLATE_TEST_CASE("gemm: block cuts", "[gemm]", float, double) {
  check_all<TestType>(families::block_cuts<TestType>());
}
TEMPLATE_TEST_CASE("gemm: long k", "[gemm]", float, double) {
  check_all<TestType>(families::long_k());
}
TEMPLATE_TEST_CASE("gemm: packed", "[gemm]", float, double) {
  check_all<TestType>(families::packed<TestType>());
}

TEMPLATE_TEST_CASE("gemm: rows that fall on the same sets of a cache", "[gemm]", float, double) {
  check_all<TestType>(families::narrow(), data::uniform, aliasing);
  check_all<TestType>(families::layers(), data::uniform, aliasing);
  check_all<TestType>(families::packed<TestType>(), data::uniform, aliasing);
}

TEMPLATE_TEST_CASE("gemm: NaN, infinities, zeros, subnormals and overflow", "[gemm]", float, double) {
  check_all<TestType>(families::tiny(), data::special);
  check_all<TestType>(families::narrow(), data::special);
}
