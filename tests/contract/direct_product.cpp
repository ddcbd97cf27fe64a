// SPDX-License-Identifier: MIT
// The direct path by itself, on every shape that it can compute, whatever the limits of the cost model are.
#include "gemm/direct.hpp"

#include "support/catch.hpp"
#include "support/product_case.hpp"

namespace {

using namespace tests;

template <class T>
bool one_tile(const shape& s) {
  return s.m <= tp::detail::kernels<T>().tile_rows;
}

template <class T>
bool one_block(const shape& s) {
  return s.k <= tp::contract::block_length<T>;
}

template <class T>
bool possible(const shape& s, bool b_transposed, tp::detail::epilogue_op op) {
  if (!one_block<T>(s)) {
    return one_tile<T>(s) && tp::detail::leaves_c_for_sums(op) && tp::contract::slices(s.k).count == 1;
  }
  return !b_transposed || one_tile<T>(s) || s.k * (s.n + 16) <= tp::detail::most_copied_b;
}

struct tally {
  std::size_t as_it_is = 0;
  std::size_t in_place = 0;   ///< B transposed, one tile of rows
  std::size_t copied = 0;     ///< B transposed, copied to the stack
  std::size_t by_blocks = 0;  ///< of k, one tile of rows
};

template <class T>
void run(const shape& s, data kind, tally& taken) {
  if (!possible<T>(s, false, tp::detail::epilogue_op::store)) return;
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  stored_product<T> stored(x);
  for (const auto& finish : all_epilogues<T>()) {
    const tp::matrix<T> expected = x.expected(finish);
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        if (!possible<T>(s, b_transposed, finish.op)) continue;
        const auto call = stored.call(a_transposed, b_transposed, finish);
        tp::detail::multiply_direct<T>(tp::detail::kernels<T>(), call.A, call.B, call.C, call.finish,
                                       call.bias, call.mask);
        ++(!one_block<T>(s) ? taken.by_blocks
           : !b_transposed  ? taken.as_it_is
           : one_tile<T>(s) ? taken.in_place
                            : taken.copied);
        const std::string wrong = stored.wrong(expected);
        if (wrong.empty()) continue;
        CAPTURE(a_transposed, b_transposed, static_cast<int>(finish.op));
        REQUIRE(wrong == "");
      }
    }
  }
}

template <class T>
tally run_all(const shapes& family, data kind = data::uniform) {
  tally taken;
  for (const shape& s : family) run<T>(s, kind, taken);
  CHECK(taken.as_it_is > 0);
  CHECK(taken.in_place > 0);
  CHECK(taken.copied > 0);
  return taken;
}

}  // namespace

TEMPLATE_TEST_CASE("direct products: tile edges", "[gemm][direct]", float, double) {
  run_all<TestType>(families::tile_edges<TestType>());
}
TEMPLATE_TEST_CASE("direct products: tiny and narrow", "[gemm][direct]", float, double) {
  for (const data kind : {data::uniform, data::special}) {
    shapes family = families::tiny();
    families::append(family, families::narrow());
    run_all<TestType>(family, kind);
  }
}
TEMPLATE_TEST_CASE("direct products: layers and cuts of k", "[gemm][direct]", float, double) {
  shapes family = families::layers();
  families::append(family, families::block_cuts<TestType>());
  CHECK(run_all<TestType>(family).by_blocks > 0);
}
