// SPDX-License-Identifier: MIT
// Every path that gemm chooses by itself, under 1, 2 and 3 threads. The plan says which paths a call takes; a
// path that no call took fails the test.
#include <twinpath/gemm.hpp>

#include <map>
#include <string>

#include "gemm/tiles.hpp"
#include "runtime/parallel.hpp"
#include "support/catch.hpp"
#include "support/product_case.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::detail::narrow_plan;
using tp::detail::product_path;
using tp::detail::product_plan;

struct path {
  const char* name;
  bool (*taken)(const product_plan&);
};

std::size_t slices_of(const product_plan& p) {
  return tp::contract::slices(p.shape.k).count;
}
// The shortest block length, so true for both types.
bool has_blocks(const product_plan& p) {
  return p.shape.k > tp::contract::block_length<float>;
}

constexpr path paths[] = {
    {"nothing packed", [](const product_plan& p) { return !p.pack_a && !p.pack_b; }},
    {"A packed alone", [](const product_plan& p) { return p.pack_a && !p.pack_b; }},
    {"B packed alone", [](const product_plan& p) { return !p.pack_a && p.pack_b; }},
    {"both packed", [](const product_plan& p) { return p.pack_a && p.pack_b; }},
    {"A read in place transposed", [](const product_plan& p) { return !p.pack_a && p.shape.a_transposed; }},
    {"A read in place as it is", [](const product_plan& p) { return !p.pack_a && !p.shape.a_transposed; }},
    {"B packed transposed", [](const product_plan& p) { return p.pack_b && p.shape.b_transposed; }},
    {"B read in place transposed", [](const product_plan& p) { return !p.pack_b && p.shape.b_transposed; }},
    {"B packed as it is", [](const product_plan& p) { return p.pack_b && !p.shape.b_transposed; }},
    {"by strips", [](const product_plan& p) { return p.by_strips; }},
    {"by strips, sums outside of C", [](const product_plan& p) { return p.by_strips && !p.sums_in_c; }},
    {"by strips, B packed", [](const product_plan& p) { return p.by_strips && p.pack_b; }},
    {"several blocks of k, not by strips",
     [](const product_plan& p) { return !p.by_strips && has_blocks(p); }},
    {"one block of k", [](const product_plan& p) { return !has_blocks(p); }},
    {"blocks of k summed in C", [](const product_plan& p) { return p.sums_in_c && has_blocks(p); }},
    {"blocks of k summed outside of C", [](const product_plan& p) { return !p.sums_in_c && has_blocks(p); }},
    {"slices of k one after the other",
     [](const product_plan& p) { return slices_of(p) > 1 && !p.slices_apart; }},
    {"slices of k as tasks", [](const product_plan& p) { return slices_of(p) > 1 && p.slices_apart; }},
    {"several blocks of rows, one worker",
     [](const product_plan& p) { return p.row_blocks > 1 && p.workers == 1; }},
    {"several blocks of rows, several workers",
     [](const product_plan& p) { return p.row_blocks > 1 && p.workers > 1 && !p.slices_apart; }},
    {"several blocks of columns", [](const product_plan& p) { return p.column_blocks > 1; }},
    {"A packed once for several blocks of columns", [](const product_plan& p) { return p.keep_a; }},
    {"A packed once, sums outside of C",
     [](const product_plan& p) { return p.keep_a && !p.sums_in_c && has_blocks(p); }},
    {"two workers", [](const product_plan& p) { return p.workers == 2; }},
    {"three workers", [](const product_plan& p) { return p.workers == 3; }},
    {"rows of A alias, in several tiles",
     [](const product_plan& p) {
       return p.shape.a_aliases && !p.shape.a_transposed && p.block_rows() > p.tile_rows;
     }},
    {"rows of B alias, packed", [](const product_plan& p) { return p.shape.b_aliases && p.pack_b; }},
    {"partial tiles", [](const product_plan& p) { return p.shape.n % p.width != 0; }},
    {"whole tiles alone", [](const product_plan& p) { return p.shape.n % p.width == 0; }},
};

struct narrow_path {
  const char* name;
  std::size_t width;  ///< the shortest vectors for which it is chosen
  bool (*taken)(const narrow_plan&);
};

constexpr narrow_path narrow_paths[] = {
    {"narrow, A transposed", 2, [](const narrow_plan& p) { return p.shape.a_transposed; }},
    {"narrow, A as it is", 4, [](const narrow_plan& p) { return !p.shape.a_transposed; }},
    {"narrow, several blocks", 2, [](const narrow_plan& p) { return p.row_blocks() > 1; }},
    {"narrow, several blocks of columns", 2, [](const narrow_plan& p) { return p.column_blocks() > 1; }},
    {"narrow, several workers", 2, [](const narrow_plan& p) { return p.workers > 1; }},
};

constexpr const char* small_paths[] = {"small, B as it is", "small, B transposed for one tile of rows",
                                       "small, B transposed and copied",
                                       "small, B transposed for several tiles of rows"};

template <class T>
const char* small_path(const tp::detail::product_shape& s) {
  const auto& table = tp::detail::kernels<T>();
  if (!s.b_transposed) return small_paths[0];
  if (s.m <= table.tile_rows) return small_paths[1];
  return small_paths[tp::detail::is_turned_in_place(table, s.m, s.k, s.b_aliases) ? 3 : 2];
}

using tally = std::map<std::string, std::size_t>;

/// Counts the paths of one call.
template <class T>
void count(const tp::detail::product_route& route, const tp::detail::product_shape& shape, tally& taken) {
  switch (route.path) {
    case product_path::small:
      ++taken[small_path<T>(shape)];
      return;
    case product_path::narrow:
      for (const narrow_path& p : narrow_paths) taken[p.name] += p.taken(route.narrow) ? 1 : 0;
      return;
    case product_path::blocked:
      for (const path& p : paths) taken[p.name] += p.taken(route.blocked) ? 1 : 0;
      return;
  }
}

template <class T>
void run(const shape& s, std::size_t threads, tally& taken, layout where = layouts[1]) {
  INFO(text_of(s));
  const product_case<T> x(s);
  const std::pair<T, T> factors[] = {{T(1), T(0)}, {T(0.7), T(0)}, {T(-1), T(-0.3)}};
  const stored_operands<T> operands(x.A, x.B, where, where);
  padded_matrix<T> C(s.m, s.n, layouts[1]);
  for (const auto& [first, second] : factors) {
    const T alpha = first, beta = second;
    const auto end = gemm_end(alpha, beta);
    const tp::matrix<T> expected = x.expected(end);
    for (std::size_t limit = 1; limit <= threads; ++limit) {
      for (const bool a_transposed : {false, true}) {
        for (const bool b_transposed : {false, true}) {
          C.assign(x.old);
          const auto A = operands.A(a_transposed);
          const auto B = operands.B(b_transposed);
          const auto call = tp::detail::product<T>{A, B, C.view(), end, nullptr, {}}.shape();
          tp::detail::product_route route;
          on_threads(limit, [&] {
            route =
                tp::detail::route_product(tp::detail::kernels<T>(), call, end.op, tp::detail::concurrency());
            tp::gemm(A, B, C.view(), alpha, beta);
          });
          count<T>(route, call, taken);
          // More rows side by side would evict each other from an L1 cache of eight ways.
          if (route.path == tp::detail::product_path::blocked && call.a_aliases && !a_transposed)
            REQUIRE(route.blocked.tile_rows <= 8);
          const std::string wrong = difference<T>(C.view(), expected);
          if (wrong.empty() && C.padding_untouched()) continue;
          CAPTURE(a_transposed, b_transposed, alpha, beta, limit, static_cast<int>(route.path));
          REQUIRE(wrong == "");
          REQUIRE(C.padding_untouched());
        }
      }
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("gemm: every path that it chooses by itself", "[gemm][paths]", float, double) {
  using T = TestType;
  tally taken;
  for (const shape& s : families::tiny()) run<T>(s, 1, taken);
  for (const shape& s : families::layers()) run<T>(s, 3, taken);
  for (const shape& s : families::packed<T>()) run<T>(s, 3, taken);
  for (const shape& s : families::layers()) run<T>(s, 1, taken, aliasing[1]);
  for (const shape& s : families::packed<T>()) run<T>(s, 1, taken, aliasing[0]);
  for (const shape& s : families::wide<T>()) run<T>(s, 3, taken);
  run<T>({10, 20, 20000}, 3, taken);
  run<T>({3, 1, 20000}, 1, taken);
  run<T>({520, 34, 8200}, 1, taken);
  run<T>({1, 4200, 20}, 3, taken);
  run<T>({32, 1100, 300}, 3, taken);
  run<T>({40, 900, 400}, 3, taken);
  run<T>({2000, 10, 70}, 3, taken);
  run<T>({2000, 1, 300}, 3, taken);
  run<T>({2, 70, 300}, 1, taken);
  run<T>({40, 20, 10}, 1, taken);
  run<T>({40, 37, 43}, 1, taken);
  run<T>({100, 70, 200}, 2, taken);
  const auto& table = tp::detail::kernels<T>();
  for (const char* name : small_paths) {
    if (name == small_paths[3] && table.in_place_rows == table.tile_rows) continue;
    INFO(name);
    CHECK(taken[name] > 0);
  }
  for (const narrow_path& p : narrow_paths) {
    if (tp::detail::kernels<T>().width < p.width) continue;
    INFO(p.name);
    CHECK(taken[p.name] > 0);
  }
  for (const path& p : paths) {
    INFO(p.name);
    CHECK(taken[p.name] > 0);
  }
}

TEMPLATE_TEST_CASE("gemm: an arena larger than the global limit", "[gemm][paths]", float, double) {
  using T = TestType;
  const shape s{64, 60, 500};
  const product_case<T> x(s);
  const tp::matrix<T> expected = x.expected(gemm_end<T>(1, 0));
  tp::matrix<T> C(s.m, s.n);
  std::size_t threads = 0;
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 2);
  tbb::task_arena arena(3);
  arena.execute([&] {
    threads = tp::detail::concurrency();
    tp::gemm(x.A, x.B, C);
  });
  CHECK(threads == 2);
  CHECK(difference<T>(C, expected) == "");
}
