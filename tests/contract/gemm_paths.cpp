// SPDX-License-Identifier: MIT
// Every path that gemm chooses by itself, under 1, 2 and 3 threads. The traits of its route say which paths a
// call takes; a path that no call took fails the test.
#include <twinpath/gemm.hpp>

#include <map>
#include <string>

#include "runtime/parallel.hpp"
#include "support/catch.hpp"
#include "support/product_case.hpp"
#include "support/route_traits.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

struct path {
  const char* name;
  routes_with taken;
  std::size_t workers = 0;      ///< any number, if 0
  std::size_t least_width = 0;  ///< shortest vectors for which it is chosen
};

constexpr path paths[] = {
    {"direct, B as it is", {direct, b_transposed}},
    {"direct, B transposed for one row of tiles", {direct | b_transposed, several_tile_rows}},
    {"direct, B transposed and copied", {direct | b_transposed | several_tile_rows | packs_b}},
    {"direct, B transposed for several rows of tiles", {direct | b_transposed | several_tile_rows, packs_b}},

    {"transposed, A transposed", {transposed | a_transposed}, 0, 2},
    {"transposed, A as it is", {transposed, a_transposed}, 0, 4},
    {"transposed, several blocks of rows", {transposed | row_blocks}, 0, 2},
    {"transposed, several blocks of columns", {transposed | column_blocks}, 0, 2},
    {"transposed, several workers", {transposed | several_workers}, 0, 2},

    {"nothing packed", {blocked, packs_a | packs_b}},
    {"A packed alone", {blocked | packs_a, packs_b}},
    {"B packed alone", {blocked | packs_b, packs_a}},
    {"both packed", {blocked | packs_a | packs_b}},
    {"A read in place transposed", {blocked | a_transposed, packs_a}},
    {"A read in place as it is", {blocked, a_transposed}},
    {"B packed transposed", {blocked | packs_b | b_transposed}},
    {"B read in place transposed", {blocked | b_transposed, packs_b}},
    {"B packed as it is", {blocked | packs_b, b_transposed}},
    {"by strips", {blocked | by_strips}},
    {"by strips, sums outside of C", {blocked | by_strips, sums_in_c}},
    {"by strips, B packed", {blocked | by_strips | packs_b}},
    {"several blocks of k, not by strips", {blocked | several_k_blocks, by_strips}},
    {"one block of k", {blocked, several_k_blocks}},
    {"blocks of k summed in C", {blocked | several_k_blocks | sums_in_c}},
    {"blocks of k summed outside of C", {blocked | several_k_blocks, sums_in_c}},
    {"slices of k one after the other", {blocked | several_slices, parallel_slices}},
    {"slices of k as tasks", {blocked | several_slices | parallel_slices}},
    {"several blocks of rows, one worker", {blocked | row_blocks, several_workers}},
    {"several blocks of rows, several workers", {blocked | row_blocks | several_workers, parallel_slices}},
    {"several blocks of columns", {blocked | column_blocks}},
    {"A packed once for several blocks of columns", {blocked | packs_a_once}},
    {"A packed once, sums outside of C", {blocked | packs_a_once | several_k_blocks, sums_in_c}},
    {"two workers", {blocked | several_workers}, 2},
    {"three workers", {blocked | several_workers}, 3},
    {"rows of A alias, in several rows of tiles", {blocked | a_aliases | several_tile_rows, a_transposed}},
    {"rows of B alias, packed", {blocked | b_aliases | packs_b}},
    {"partial tiles", {blocked | partial_vectors}},
    {"whole tiles alone", {blocked, partial_vectors}},
};

// More rows side by side would evict each other from an L1 cache of eight ways.
constexpr routes_with evicting{blocked | a_aliases | tall_tiles, a_transposed};

/// Whether the tier in use takes a path for some product.
template <class T>
bool exists(const path& p) {
  const auto& table = tp::detail::kernels<T>();
  const bool transposes_for_tall_c = tp::detail::in_place_rows(table) > table.tile_rows;
  const bool needs_tall_c = p.taken.contain(direct | b_transposed | several_tile_rows);
  return table.width >= p.least_width && (transposes_for_tall_c || !needs_tall_c);
}

using tally = std::map<std::string, std::size_t>;

template <class T>
void run(const shape& s, std::size_t threads, tally& taken, layout where = layouts[1]) {
  INFO(text_of(s));
  const product_case<T> x(s);
  const std::pair<T, T> factors[] = {{T(1), T(0)}, {T(0.7), T(0)}, {T(-1), T(-0.3)}};
  const stored_operands<T> operands(x.A, x.B, where, where);
  padded_matrix<T> C(s.m, s.n, layouts[1]);
  for (const auto& [first, second] : factors) {
    const T alpha = first, beta = second;
    const auto finish = gemm_epilogue(alpha, beta);
    const tp::matrix<T> expected = x.expected(finish);
    for (std::size_t limit = 1; limit <= threads; ++limit) {
      for (const bool transposes_a : {false, true}) {
        for (const bool transposes_b : {false, true}) {
          C.assign(x.old);
          const auto A = operands.A(transposes_a);
          const auto B = operands.B(transposes_b);
          const auto call = tp::detail::product<T>{A, B, C.view(), finish, nullptr, {}}.shape();
          tp::detail::product_route route;
          on_threads(limit, [&] {
            route = tp::detail::route_product(tp::detail::kernels<T>(), call, finish.op,
                                              tp::detail::concurrency());
            tp::gemm(A, B, C.view(), alpha, beta);
          });
          const traits has = traits_of<T>(route);
          for (const path& p : paths) {
            if (p.taken.contain(has) && (p.workers == 0 || p.workers == route.workers())) ++taken[p.name];
          }
          REQUIRE(!evicting.contain(has));
          const std::string wrong = difference<T>(C.view(), expected);
          if (wrong.empty() && C.padding_untouched()) continue;
          CAPTURE(transposes_a, transposes_b, alpha, beta, limit, static_cast<int>(route.path));
          REQUIRE(wrong == "");
          REQUIRE(C.padding_untouched());
        }
      }
    }
  }
}

/// Replaces what the process has measured about shuffles.
template <class T>
class found {
 public:
  explicit found(tp::detail::finding outcome) { tp::detail::hides_shuffles<T> = outcome; }
  found(const found&) = delete;
  found& operator=(const found&) = delete;
  ~found() { tp::detail::hides_shuffles<T> = before_; }

 private:
  tp::detail::finding before_ = tp::detail::hides_shuffles<T>;
};

}  // namespace

TEMPLATE_TEST_CASE("gemm: every path that it chooses by itself", "[gemm][paths]", float, double) {
  using T = TestType;
  const found<T> cheap_shuffles(tp::detail::finding::yes);
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
  for (const path& p : paths) {
    if (!exists<T>(p)) continue;
    INFO(p.name);
    CHECK(taken[p.name] > 0);
  }
}

TEMPLATE_TEST_CASE("gemm: where shuffles cost multiply-adds, tall tiles read a copy of a transposed B",
                   "[gemm][paths]", float, double) {
  using T = TestType;
  const found<T> dear_shuffles(tp::detail::finding::no);
  tally taken;
  for (const shape& s : families::layers()) run<T>(s, 2, taken);
  run<T>({100, 70, 200}, 2, taken);
  run<T>({60, 33, 43}, 1, taken);
  CHECK(taken["direct, B transposed and copied"] > 0);
  CHECK(taken["direct, B transposed for several rows of tiles"] == 0);
  CHECK(taken["B packed transposed"] > 0);
}

TEMPLATE_TEST_CASE("gemm: what is measured about shuffles stays", "[gemm][paths]", float, double) {
  using T = TestType;
  const auto& table = tp::detail::kernels<T>();
  const found<T> nothing(tp::detail::finding::not_measured);
  const std::size_t rows = tp::detail::in_place_rows(table);
  CHECK((rows == table.tile_rows || rows == table.in_place_rows));
  const bool measures = table.in_place_rows > table.tile_rows;
  CHECK((tp::detail::hides_shuffles<T> != tp::detail::finding::not_measured) == measures);
  // A second measurement does not replace the first.
  for (const auto outcome : {tp::detail::finding::no, tp::detail::finding::yes}) {
    tp::detail::hides_shuffles<T> = outcome;
    CHECK(tp::detail::measure_shuffles(table) == outcome);
  }
}

TEMPLATE_TEST_CASE("gemm: an arena larger than the global limit", "[gemm][paths]", float, double) {
  using T = TestType;
  const shape s{64, 60, 500};
  const product_case<T> x(s);
  const tp::matrix<T> expected = x.expected(gemm_epilogue<T>(1, 0));
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
