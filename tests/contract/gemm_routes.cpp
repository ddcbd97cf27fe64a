// SPDX-License-Identifier: MIT
// Plans of the blocked path made by hand, so that every way to compute meets every family of shapes whatever
// the thresholds are.
#include <map>
#include <string>

#include "gemm/blocked.hpp"
#include "support/catch.hpp"
#include "support/exact_scratch.hpp"
#include "support/product_case.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::detail::product_plan;

/// What a family of shapes must have for a route to exist.
enum needs : unsigned {
  anything = 0,
  columns = 1,  ///< more columns than a vector
  blocks = 2,   ///< several blocks of k
  slices = 4,   ///< several slices of k
};

/// A way to compute a product. `choose` changes the plan, or says that the shape has no such way.
struct route {
  const char* name;
  unsigned needed;
  bool (*choose)(product_plan&);
};

/// A is packed where it is transposed, and only then.
bool packs(product_plan& p, bool a, bool b) {
  p.pack_a = a && p.shape.a_transposed;
  p.pack_b = b;
  p.keep_a = false;
  return true;
}
bool keeps_a(product_plan& p) {
  p.keep_a = p.pack_a;
  return p.keep_a;
}
bool row_blocks(product_plan& p, std::size_t count) {
  p.row_blocks = count;
  return count <= p.shape.m;
}
// The narrowest blocks there are.
bool column_blocks(product_plan& p) {
  p.column_blocks = (p.shape.n + p.width - 1) / p.width;
  return p.column_blocks > 1;
}
bool by_strips(product_plan& p) {
  p.by_strips = true;
  return true;
}
bool sums_outside(product_plan& p) {
  p.sums_in_c = false;
  return p.shape.k > tp::contract::block_length<float>;
}
bool slices_apart(product_plan& p) {
  p.slices_apart = true;
  return tp::contract::slices(p.shape.k).count > 1;
}
bool short_tiles(product_plan& p) {
  p.tile_rows = (p.tile_rows + 1) / 2;
  return p.shape.m > p.tile_rows;
}
bool workers(product_plan& p, std::size_t count) {
  p.workers = count;
  return true;
}

constexpr route routes[] = {
    {"nothing packed", anything, [](product_plan& p) { return packs(p, false, false); }},
    {"A packed", anything, [](product_plan& p) { return packs(p, true, false); }},
    {"B packed", anything, [](product_plan& p) { return packs(p, false, true); }},
    {"both packed", anything, [](product_plan& p) { return packs(p, true, true); }},
    {"nothing packed, tiles of fewer rows", anything,
     [](product_plan& p) { return packs(p, false, false) && short_tiles(p); }},
    {"both packed, tiles of fewer rows", anything,
     [](product_plan& p) { return packs(p, true, true) && short_tiles(p); }},
    {"nothing packed, by strips", anything,
     [](product_plan& p) { return packs(p, false, false) && by_strips(p); }},
    {"both packed, by strips", anything,
     [](product_plan& p) { return packs(p, true, true) && by_strips(p); }},
    {"nothing packed, sums outside of C", blocks,
     [](product_plan& p) { return packs(p, false, false) && sums_outside(p); }},
    {"both packed, sums outside of C", blocks,
     [](product_plan& p) { return packs(p, true, true) && sums_outside(p); }},
    {"both packed, by strips, sums outside of C", blocks,
     [](product_plan& p) { return packs(p, true, true) && by_strips(p) && sums_outside(p); }},
    {"nothing packed, blocks of rows", anything,
     [](product_plan& p) { return packs(p, false, false) && row_blocks(p, 3); }},
    {"both packed, blocks of rows", anything,
     [](product_plan& p) { return packs(p, true, true) && row_blocks(p, 3); }},
    {"nothing packed, blocks of columns", columns,
     [](product_plan& p) { return packs(p, false, false) && column_blocks(p); }},
    {"B packed, blocks of columns, by strips", columns,
     [](product_plan& p) { return packs(p, false, true) && column_blocks(p) && by_strips(p); }},
    {"both packed, blocks of rows and columns", columns,
     [](product_plan& p) { return packs(p, true, true) && row_blocks(p, 2) && column_blocks(p); }},
    {"A packed once for all blocks of columns", columns,
     [](product_plan& p) { return packs(p, true, false) && column_blocks(p) && keeps_a(p); }},
    {"two workers, both packed, A once for all blocks of columns", columns,
     [](product_plan& p) {
       return packs(p, true, true) && row_blocks(p, 3) && column_blocks(p) && keeps_a(p) && workers(p, 2);
     }},
    {"both packed, A once for all blocks of columns, sums outside of C", columns | blocks,
     [](product_plan& p) {
       return packs(p, true, true) && column_blocks(p) && keeps_a(p) && sums_outside(p);
     }},
    {"two workers, nothing packed", anything,
     [](product_plan& p) { return packs(p, false, false) && row_blocks(p, 2) && workers(p, 2); }},
    {"two workers, both packed", anything,
     [](product_plan& p) { return packs(p, true, true) && row_blocks(p, 2) && workers(p, 2); }},
    {"three workers, both packed, blocks of rows and columns", columns,
     [](product_plan& p) {
       return packs(p, true, true) && row_blocks(p, 4) && column_blocks(p) && workers(p, 3);
     }},
    {"three workers, both packed, blocks of rows and columns, by strips, sums outside of C", columns | blocks,
     [](product_plan& p) {
       return packs(p, true, true) && row_blocks(p, 2) && column_blocks(p) && by_strips(p) &&
              sums_outside(p) && workers(p, 3);
     }},
    {"slices apart, one worker", slices,
     [](product_plan& p) { return packs(p, false, false) && slices_apart(p); }},
    {"slices apart, three workers", slices,
     [](product_plan& p) { return packs(p, false, false) && slices_apart(p) && workers(p, 3); }},
    {"slices apart, both packed, blocks of rows and columns, two workers", columns | slices,
     [](product_plan& p) {
       return packs(p, true, true) && slices_apart(p) && row_blocks(p, 2) && column_blocks(p) &&
              workers(p, 2);
     }},
};

using tally = std::map<std::string, std::size_t>;

template <class T>
void run(const shape& s, tally& taken, data kind = data::uniform) {
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  const auto& table = tp::detail::kernels<T>();
  stored_product<T> stored(x);
  const auto ends = all_ends<T>();
  std::vector<tp::matrix<T>> expected;
  for (const auto& end : ends) expected.push_back(x.expected(end));

  // A large product meets each route and transposition once, with one of the ways to finish it.
  const bool large = s.m * s.n * s.k > 1'000'000;
  std::size_t turn = 0;
  for (const route& way : routes) {
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        for (std::size_t e = 0; e < ends.size(); ++e) {
          if (large && e != turn % ends.size()) continue;
          product_plan plan =
              tp::detail::plan_product(table, {s.m, s.n, s.k, a_transposed, b_transposed}, ends[e].op, 1);
          plan.workers = 1;
          plan.slices_apart = false;
          plan.by_strips = false;
          plan.row_blocks = 1;
          plan.column_blocks = 1;
          if (!way.choose(plan)) continue;
          ++taken[way.name];
          tp::detail::size_scratch<T>(plan);
          exact_scratch<T> scratch(plan.scratch());
          tp::detail::run_blocked<T>(table, plan, stored.call(a_transposed, b_transposed, ends[e]),
                                     scratch.data(), {});
          const std::string wrong = stored.wrong(expected[e]);
          if (wrong.empty() && scratch.respected()) continue;
          CAPTURE(way.name, a_transposed, b_transposed, static_cast<int>(ends[e].op));
          REQUIRE(wrong == "");
          REQUIRE(scratch.respected());
        }
        ++turn;
      }
    }
  }
}

template <class T>
void run_all(const shapes& family, unsigned offered, data kind = data::uniform) {
  tally taken;
  on_threads(3, [&] {
    for (const shape& s : family) run<T>(s, taken, kind);
  });
  for (const route& way : routes) {
    if ((way.needed & ~offered) != 0) continue;
    INFO(way.name);
    CHECK(taken[way.name] > 0);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("routes: tile edges", "[gemm][routes]", float, double) {
  run_all<TestType>(families::tile_edges<TestType>(), columns);
}
TEMPLATE_TEST_CASE("routes: tiny", "[gemm][routes]", float, double) {
  run_all<TestType>(families::tiny(), anything);
}
TEMPLATE_TEST_CASE("routes: narrow", "[gemm][routes]", float, double) {
  run_all<TestType>(families::narrow(), columns);
}
TEMPLATE_TEST_CASE("routes: layers", "[gemm][routes]", float, double) {
  run_all<TestType>(families::layers(), columns | blocks);
}
TEMPLATE_TEST_CASE("routes: block cuts", "[gemm][routes]", float, double) {
  run_all<TestType>(families::block_cuts<TestType>(), columns | blocks | slices);
}
TEMPLATE_TEST_CASE("routes: long k", "[gemm][routes]", float, double) {
  run_all<TestType>(families::long_k(), columns | blocks | slices);
}
TEMPLATE_TEST_CASE("routes: packed", "[gemm][routes]", float, double) {
  run_all<TestType>(families::packed<TestType>(), columns | blocks);
}
TEMPLATE_TEST_CASE("routes: NaN, infinities, zeros, subnormals and overflow", "[gemm][routes]", float,
                   double) {
  run_all<TestType>(families::tiny(), anything, data::special);
  run_all<TestType>(families::narrow(), columns, data::special);
}
