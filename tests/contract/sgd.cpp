// SPDX-License-Identifier: MIT
// The update of plain gradient descent.
#include <twinpath/sgd.hpp>

#include "arithmetic.hpp"
#include "catch.hpp"
#include "padded.hpp"
#include "pieces.hpp"
#include "random.hpp"
#include "threads.hpp"

namespace {

using namespace tests;

template <class T>
tp::matrix<T> updated(double rate, const tp::matrix<T>& w, const tp::matrix<T>& g) {
  tp::matrix<T> expected = w;
  with_arithmetic([&]<class arithmetic>(arithmetic) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      expected(0, i) = tp::contract::sgd_update<arithmetic, T>(static_cast<T>(rate), g(0, i), w(0, i));
    }
  });
  return expected;
}

}  // namespace

TEMPLATE_TEST_CASE("sgd of every length and alignment", "[sgd]", float, double) {
  using T = TestType;
  generator random(11);
  for (std::size_t n = 1; n <= 300; ++n) {
    const tp::matrix<T> w = special_matrix<T>(1, n, random);
    const tp::matrix<T> g = special_matrix<T>(1, n, random);
    for (const double rate : {0.1, 0.0, 1e-3, 3.0}) {
      for (const layout where : layouts) {
        const padded_matrix<T> G(g.view(), layouts[1]);
        padded_matrix<T> W(w.view(), where);
        tp::update(tp::sgd{.learning_rate = rate}, W.span(), G.span());
        CAPTURE(n, rate, where.offset);
        const std::string wrong = difference<T>(W.view(), updated(rate, w, g));
        REQUIRE(wrong == "");
        REQUIRE(W.padding_untouched());
      }
    }
  }
}

TEMPLATE_TEST_CASE("sgd over threads", "[sgd]", float, double) {
  using T = TestType;
  generator random(12);
  const tp::matrix<T> w = uniform_matrix<T>(1, 100'003, random);
  const tp::matrix<T> g = uniform_matrix<T>(1, 100'003, random);
  const tp::matrix<T> expected = updated(0.3, w, g);
  std::size_t shared = 0;
  for (const std::size_t threads : thread_counts) {
    padded_matrix<T> W(w.view(), layouts[2]);
    std::size_t pieces = 0;
    on_threads(threads, [&] {
      pieces =
          pieces_of("update", [&] { tp::update(tp::sgd{.learning_rate = 0.3}, W.span(), g.elements()); });
    });
    CHECK(difference<T>(W.view(), expected) == "");
    CHECK(W.padding_untouched());
    CHECK((threads > 1 || pieces == 1));
    shared += pieces > 1 ? 1 : 0;
  }
  CHECK(shared == 2);
}
