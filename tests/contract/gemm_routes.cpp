// SPDX-License-Identifier: MIT
// Every way in which the blocked path can compute meets every family of shapes, whatever the cost model would
// choose: a way overrides some of its decisions.
#include <map>
#include <string>

#include "gemm/blocked.hpp"
#include "support/catch.hpp"
#include "support/exact_scratch.hpp"
#include "support/product_case.hpp"
#include "support/route_check.hpp"
#include "support/route_traits.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::detail::blocked_overrides;

/// What a family of shapes must have so that a way exists.
enum needs : unsigned {
  anything = 0,
  columns = 1,  ///< more columns than a vector
  blocks = 2,   ///< several blocks of k
  slices = 4,   ///< several slices of k
};

/// A way to compute a product: how it differs from the simplest one, which packs nothing and cuts only k.
struct way {
  const char* name;
  unsigned needed;
  blocked_overrides differs;
};

/// More blocks of columns than there are: the plan takes the narrowest ones.
constexpr std::size_t narrowest = 1'000'000;

constexpr way ways[] = {
    {"nothing packed", anything, {}},
    {"A packed", anything, {.pack_a = true}},
    {"B packed", anything, {.pack_b = true}},
    {"both packed", anything, {.pack_a = true, .pack_b = true}},
    {"nothing packed, tiles of fewer rows", anything, {.short_tiles = true}},
    {"both packed, tiles of fewer rows", anything, {.pack_a = true, .pack_b = true, .short_tiles = true}},
    {"nothing packed, by strips", anything, {.by_strips = true}},
    {"both packed, by strips", anything, {.pack_a = true, .pack_b = true, .by_strips = true}},
    {"nothing packed, sums outside of C", blocks, {.sums_in_c = false}},
    {"both packed, sums outside of C", blocks, {.pack_a = true, .pack_b = true, .sums_in_c = false}},
    {"both packed, by strips, sums outside of C",
     blocks,
     {.pack_a = true, .pack_b = true, .sums_in_c = false, .by_strips = true}},
    {"nothing packed, blocks of rows", anything, {.row_blocks = 3}},
    {"both packed, blocks of rows", anything, {.pack_a = true, .pack_b = true, .row_blocks = 3}},
    {"nothing packed, blocks of columns", columns, {.column_blocks = narrowest}},
    {"B packed, blocks of columns, by strips",
     columns,
     {.pack_b = true, .by_strips = true, .column_blocks = narrowest}},
    {"both packed, blocks of rows and columns",
     columns,
     {.pack_a = true, .pack_b = true, .row_blocks = 2, .column_blocks = narrowest}},
    {"A packed once for all blocks of columns",
     columns,
     {.pack_a = true, .keep_a = true, .column_blocks = narrowest}},
    {"two workers, both packed, A once for all blocks of columns",
     columns,
     {.pack_a = true,
      .keep_a = true,
      .pack_b = true,
      .row_blocks = 3,
      .column_blocks = narrowest,
      .workers = 2}},
    {"both packed, A once for all blocks of columns, sums outside of C",
     columns | blocks,
     {.pack_a = true, .keep_a = true, .pack_b = true, .sums_in_c = false, .column_blocks = narrowest}},
    {"two workers, nothing packed", anything, {.row_blocks = 2, .workers = 2}},
    {"two workers, both packed", anything, {.pack_a = true, .pack_b = true, .row_blocks = 2, .workers = 2}},
    {"three workers, both packed, blocks of rows and columns",
     columns,
     {.pack_a = true, .pack_b = true, .row_blocks = 4, .column_blocks = narrowest, .workers = 3}},
    {"three workers, both packed, blocks of rows and columns, by strips, sums outside of C",
     columns | blocks,
     {.pack_a = true,
      .pack_b = true,
      .sums_in_c = false,
      .by_strips = true,
      .row_blocks = 2,
      .column_blocks = narrowest,
      .workers = 3}},
    {"parallel slices, one worker", slices, {.parallel_slices = true}},
    {"parallel slices, three workers", slices, {.parallel_slices = true, .workers = 3}},
    {"parallel slices, both packed, blocks of rows and columns, two workers",
     columns | slices,
     {.pack_a = true,
      .pack_b = true,
      .parallel_slices = true,
      .row_blocks = 2,
      .column_blocks = narrowest,
      .workers = 2}},
};

/// All decisions of a way.
blocked_overrides decisions(const way& w) {
  blocked_overrides all = w.differs;
  all.pack_a = all.pack_a.value_or(false);
  all.keep_a = all.keep_a.value_or(false);
  all.pack_b = all.pack_b.value_or(false);
  all.by_strips = all.by_strips.value_or(false);
  all.parallel_slices = all.parallel_slices.value_or(false);
  all.row_blocks = all.row_blocks.value_or(1);
  all.column_blocks = all.column_blocks.value_or(1);
  all.workers = all.workers.value_or(1);
  return all;
}

/// The routes that take a way. Others ignored a decision that their shape rules out. A is packed only if it
/// is transposed, so that no way requires it.
routes_with taking(const way& w) {
  const blocked_overrides x = decisions(w);
  const bool outside = x.sums_in_c == false;
  return {flag(*x.keep_a, packs_a_once) | flag(*x.pack_b, packs_b) | flag(*x.by_strips, by_strips) |
              flag(*x.parallel_slices, parallel_slices) | flag(x.short_tiles, several_tile_rows) |
              flag(*x.row_blocks > 1, row_blocks) | flag(*x.column_blocks > 1, column_blocks) |
              flag(*x.workers > 1, several_workers) | flag(outside, several_k_blocks),
          flag(outside, sums_in_c) | flag(!*x.pack_a, packs_a) | flag(!*x.keep_a, packs_a_once) |
              flag(!*x.pack_b, packs_b) | flag(!*x.by_strips, by_strips) |
              flag(!*x.parallel_slices, parallel_slices)};
}

using tally = std::map<std::string, std::size_t>;

template <class T>
void run(const shape& s, tally& taken, data kind = data::uniform) {
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  const auto& table = tp::detail::kernels<T>();
  stored_product<T> stored(x);
  const auto epilogues = all_epilogues<T>();
  std::vector<tp::matrix<T>> expected;
  for (const auto& finish : epilogues) expected.push_back(x.expected(finish));

  // A large product meets each way and transposition once, with one of the epilogues in turn.
  const bool large = s.m * s.n * s.k > 1'000'000;
  std::size_t turn = 0;
  for (const way& w : ways) {
    const blocked_overrides forced = decisions(w);
    const routes_with taking_it = taking(w);
    for (const bool transposes_a : {false, true}) {
      for (const bool transposes_b : {false, true}) {
        for (std::size_t e = 0; e < epilogues.size(); ++e) {
          if (large && e != turn % epilogues.size()) continue;
          const tp::detail::product_shape call{s.m, s.n, s.k, transposes_a, transposes_b};
          const auto plan = tp::detail::plan_blocked(table, call, epilogues[e].op, 1, forced);
          if (!taking_it.contain(traits_of<T>(plan))) continue;
          ++taken[w.name];
          exact_scratch<T> scratch(plan.scratch());
          tp::detail::run_blocked<T>(table, plan, stored.call(transposes_a, transposes_b, epilogues[e]),
                                     scratch.data(), {});
          const std::string wrong = stored.wrong(expected[e]);
          if (wrong.empty() && scratch.respected()) continue;
          CAPTURE(w.name, transposes_a, transposes_b, static_cast<int>(epilogues[e].op));
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
  for (const way& w : ways) {
    if ((w.needed & ~offered) != 0) continue;
    INFO(w.name);
    CHECK(taken[w.name] > 0);
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

TEMPLATE_TEST_CASE("routes: a product on the route of another one is noticed", "[gemm][routes]", float,
                   double) {
  using T = TestType;
  using tp::detail::epilogue_op;
  const tp::detail::product_shape shape{64, 60, 500, false, true};
  const auto route = tp::detail::route_product(tp::detail::kernels<T>(), shape, epilogue_op::bias, 2);
  CHECK(is_planned_for(route, shape, epilogue_op::bias));
  CHECK(is_planned_for(route, shape, epilogue_op::store));
  CHECK(!is_planned_for(route, shape, epilogue_op::blend));
  CHECK(!is_planned_for(route, {64, 60, 501, false, true}, epilogue_op::bias));
  CHECK(!is_planned_for(route, {64, 60, 500, true, true}, epilogue_op::bias));
  auto straddling = shape;
  straddling.b_straddles = true;
  CHECK(!is_planned_for(route, straddling, epilogue_op::bias));
}

TEMPLATE_TEST_CASE("blocked products: vectors of B straddle lines by its stride or by its address",
                   "[gemm][routes]", float, double) {
  using T = TestType;
  constexpr std::size_t line = tp::detail::line_bytes / sizeof(T);
  constexpr std::size_t m = 400, n = 8 * line, k = 200;
  const tp::matrix<T> memory(k + 1, n + line);
  const tp::matrix<T> A(m, k);
  tp::matrix<T> C(m, n);
  const auto plan_for = [&](std::size_t offset, std::size_t stride) {
    const tp::matrix_view<const T> B(memory.data() + offset, k, n, stride);
    const auto shape = tp::detail::product<T>{A, B, C.view(), {}, nullptr, {}}.shape();
    return tp::detail::plan_blocked(tp::detail::kernels<T>(), shape, tp::detail::epilogue_op::store, 1);
  };
  const auto aligned = plan_for(0, n + line);
  CHECK(!aligned.shape.b_straddles);
  CHECK(!aligned.pack_b);
  for (const auto& plan : {plan_for(1, n + line), plan_for(0, n + line - 1)}) {
    CHECK(plan.shape.b_straddles);
    CHECK(plan.pack_b);
  }
}
