// SPDX-License-Identifier: MIT
// The transposed path by itself, also on shapes for which it would not be chosen.
#include "gemm/transposed.hpp"

#include "support/catch.hpp"
#include "support/exact_scratch.hpp"
#include "support/product_case.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

struct tally {
  std::size_t calls = 0;
  std::size_t blocks = 0;        ///< calls with several blocks of rows
  std::size_t partial_rows = 0;  ///< calls whose last vector along the rows is not full
};

template <class T>
void run(const shape& s, data kind, layout where, tally& taken) {
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  const auto& table = tp::detail::kernels<T>();
  stored_product<T> stored(x, where);
  for (const auto& finish : all_epilogues<T>()) {
    const tp::matrix<T> expected = x.expected(finish);
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        for (const std::size_t workers : {std::size_t{1}, std::size_t{3}}) {
          const auto plan = tp::detail::plan_transposed(table, {s.m, s.n, s.k, a_transposed, b_transposed},
                                                        workers, workers);
          exact_scratch<T> scratch(plan.scratch());
          tp::detail::run_transposed<T>(table, plan, stored.call(a_transposed, b_transposed, finish),
                                        scratch.data(), {});
          ++taken.calls;
          taken.blocks += plan.row_blocks() > 1 ? 1 : 0;
          taken.partial_rows += s.m % table.width != 0 ? 1 : 0;
          const std::string wrong = stored.wrong(expected);
          if (wrong.empty() && scratch.respected()) continue;
          CAPTURE(a_transposed, b_transposed, static_cast<int>(finish.op), workers);
          REQUIRE(wrong == "");
          REQUIRE(scratch.respected());
        }
      }
    }
  }
}

template <class T>
tally run_all(const shapes& family, data kind = data::uniform, layout where = layouts[2]) {
  tally taken;
  on_threads(3, [&] {
    for (const shape& s : family) run<T>(s, kind, where, taken);
  });
  CHECK(taken.calls == 48 * family.size());
  return taken;
}

}  // namespace

TEMPLATE_TEST_CASE("transposed products: around vectors and blocks", "[gemm][transposed]", float, double) {
  const std::size_t w = families::tile_of<TestType>().width;
  const tally taken = run_all<TestType>(families::cross({1, w - 1, w, w + 1, 2 * w, 5 * w + 3},
                                                        {1, 2, 3, w - 1, w, w + 1, 10}, {1, w + 1, 70}));
  CHECK(taken.partial_rows > 0);
  const tally tall = run_all<TestType>(families::cross({255, 256, 257, 600}, {1, 3, 10}, {3, 30}));
  CHECK(tall.blocks > 0);
}
TEMPLATE_TEST_CASE("transposed products: a column without gaps", "[gemm][transposed]", float, double) {
  run_all<TestType>({{1, 1, 3}, {33, 1, 70}, {40, 1, 8200}, {600, 1, 30}, {700, 1, 700}}, data::uniform,
                    layouts[0]);
}
TEMPLATE_TEST_CASE("transposed products: few rows", "[gemm][transposed]", float, double) {
  run_all<TestType>({{16, 300, 70}, {17, 700, 40}, {33, 520, 330}, {48, 1030, 12}});
}
TEMPLATE_TEST_CASE("transposed products: tiny and narrow", "[gemm][transposed]", float, double) {
  for (const data kind : {data::uniform, data::special}) {
    run_all<TestType>(families::tiny(), kind);
    run_all<TestType>(families::narrow(), kind);
  }
}
TEMPLATE_TEST_CASE("transposed products: several blocks and slices of k", "[gemm][transposed]", float,
                   double) {
  run_all<TestType>({{70, 10, 321}, {300, 3, 700}, {33, 6, 4095}, {40, 10, 8200}, {17, 1, 12293}});
}
