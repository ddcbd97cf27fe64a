// SPDX-License-Identifier: MIT
// The direct path of small products by itself, on every shape that it can take whatever the threshold is.
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
    const bool sums_in_c = op != tp::detail::epilogue_op::scale && op != tp::detail::epilogue_op::blend;
    return one_tile<T>(s) && sums_in_c && tp::contract::slices(s.k).count == 1;
  }
  return !b_transposed || one_tile<T>(s) || s.k * (s.n + 16) <= tp::detail::small_b;
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
  for (const auto& end : all_ends<T>()) {
    const tp::matrix<T> expected = x.expected(end);
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        if (!possible<T>(s, b_transposed, end.op)) continue;
        const auto call = stored.call(a_transposed, b_transposed, end);
        tp::detail::multiply_small<T>(tp::detail::kernels<T>(), call.A, call.B, call.C, call.finish, call.bias,
                                      call.mask);
        ++(!one_block<T>(s) ? taken.by_blocks
           : !b_transposed  ? taken.as_it_is
           : one_tile<T>(s) ? taken.in_place
                            : taken.copied);
        const std::string wrong = stored.wrong(expected);
        if (wrong.empty()) continue;
        CAPTURE(a_transposed, b_transposed, static_cast<int>(end.op));
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

TEMPLATE_TEST_CASE("small products: tile edges", "[gemm][small]", float, double) {
  run_all<TestType>(families::tile_edges<TestType>());
}
TEMPLATE_TEST_CASE("small products: tiny and narrow", "[gemm][small]", float, double) {
  for (const data kind : {data::uniform, data::special}) {
    shapes family = families::tiny();
    families::append(family, families::narrow());
    run_all<TestType>(family, kind);
  }
}
TEMPLATE_TEST_CASE("small products: layers and cuts of k", "[gemm][small]", float, double) {
  shapes family = families::layers();
  families::append(family, families::block_cuts<TestType>());
  CHECK(run_all<TestType>(family).by_blocks > 0);
}
