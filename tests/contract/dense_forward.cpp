// SPDX-License-Identifier: MIT
// The forward pass of a dense layer: bias and activation in the epilogue of the product, and rows whose bits
// do not depend on the batch.
#include <twinpath/dense.hpp>

#include "gemm/route.hpp"
#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/product_case.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::activation;
using tp::detail::epilogue_op;

constexpr activations in_registers = {activation::identity, activation::relu, activation::gelu_tanh};

/// Counts the results compared.
template <class T>
std::size_t check(const shape& s, data kind, std::size_t threads = 1, activations which = all_activations) {
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  const tp::matrix<T> scores = x.expected({epilogue_op::bias});
  std::size_t compared = 0;
  for (const activation f : which) {
    const tp::matrix<T> expected = activated(f, scores);
    for (std::size_t l = 0; l < std::size(layouts); ++l) {
      const layout where = layouts[l];
      const layout elsewhere = layouts[(l + 1) % std::size(layouts)];
      const padded_matrix<T> X(x.A.view(), where);
      const padded_matrix<T> W(x.B.view(), elsewhere);
      const padded_matrix<T> b(x.bias.view(), where);
      padded_matrix<T> A(s.m, s.n, elsewhere);
      padded_matrix<T> Z(s.m, s.n, where);
      const bool keeps = l == 1 || keeps_scores(f);
      on_threads(threads, [&] {
        if (keeps) {
          tp::dense_forward(X.view(), W.view(), b.span(), f, A.view(), Z.view());
        } else {
          tp::dense_forward(X.view(), W.view(), b.span(), f, A.view());
        }
      });
      ++compared;
      const std::string wrong = difference<T>(A.view(), expected);
      const std::string wrong_scores = keeps ? difference<T>(Z.view(), scores) : "";
      if (wrong.empty() && wrong_scores.empty() && A.padding_untouched() && Z.padding_untouched()) continue;
      CAPTURE(static_cast<int>(f), l, threads);
      REQUIRE(wrong == "");
      REQUIRE(wrong_scores == "");
      REQUIRE(A.padding_untouched());
      REQUIRE(Z.padding_untouched());
    }
  }
  return compared;
}

template <class T>
void check_all(const shapes& family, data kind = data::uniform, activations which = all_activations) {
  std::size_t compared = 0;
  for (const shape& s : family) compared += check<T>(s, kind, 1, which);
  CHECK(compared == 3 * which.size() * family.size());
}

}  // namespace

TEMPLATE_TEST_CASE("dense_forward: tile edges", "[dense]", float, double) {
  check_all<TestType>(families::tile_edges<TestType>(), data::uniform, in_registers);
}
TEMPLATE_TEST_CASE("dense_forward: tiny and narrow", "[dense]", float, double) {
  check_all<TestType>(families::tiny());
  check_all<TestType>(families::narrow());
  check_all<TestType>(families::tiny(), data::special);
  check_all<TestType>(families::narrow(), data::special);
}
TEMPLATE_TEST_CASE("dense_forward: several blocks and slices of k", "[dense]", float, double) {
  using T = TestType;
  const std::size_t n = families::tile_of<T>().cols + 1;
  check_all<T>({{5, n, 321}, {5, n, 4095}, {5, n, 8193}, {2, 3, 12293}});
}

TEMPLATE_TEST_CASE("dense_forward: layers over threads", "[dense]", float, double) {
  using T = TestType;
  std::size_t shared = 0;
  for (const shape& s :
       {shape{128, 64, 100}, shape{128, 128, 784}, shape{601, 33, 40}, shape{10, 20, 20000}}) {
    for (const std::size_t threads : thread_counts) {
      check<T>(s, data::uniform, threads);
      shared +=
          tp::detail::route_product(tp::detail::kernels<T>(), {s.m, s.n, s.k}, epilogue_op::bias, threads)
                      .workers() == threads
              ? 1
              : 0;
    }
  }
  CHECK(shared == 4 * std::size(thread_counts));
}

TEMPLATE_TEST_CASE("a row has the same bits alone and in any batch", "[dense]", float, double) {
  using T = TestType;
  std::size_t compared = 0;
  for (const shape& s : {shape{64, 128, 64}, shape{67, 10, 128}, shape{128, 64, 784}, shape{17, 3, 9000},
                         shape{300, 33, 300}}) {
    INFO(text_of(s));
    generator random(s.m);
    const tp::matrix<T> X = uniform_matrix<T>(s.m, s.k, random);
    const tp::matrix<T> W = uniform_matrix<T>(s.k, s.n, random);
    const tp::matrix<T> b = uniform_matrix<T>(1, s.n, random);
    for (const activation f :
         {activation::identity, activation::relu, activation::tanh, activation::gelu_erf}) {
      tp::matrix<T> whole(s.m, s.n);
      on_threads(3, [&] { tp::dense_forward(X, W, b.elements(), f, whole); });
      for (const std::size_t rows : {std::size_t{1}, std::size_t{7}, s.m - 1}) {
        tp::matrix<T> part(rows, s.n);
        for (std::size_t i = 0; i + rows <= s.m; i += rows) {
          tp::dense_forward(X.block(i, 0, rows, s.k), W, b.elements(), f, part);
          CAPTURE(rows, i);
          const std::string wrong = difference<T>(part, whole.block(i, 0, rows, s.n));
          REQUIRE(wrong == "");
          ++compared;
        }
      }
    }
  }
  CHECK(compared > 1000);
}
