// SPDX-License-Identifier: MIT
// The direct path of small products by itself, on every shape that it can take whatever the threshold is.
#include "linalg/small_product.hpp"

#include "catch.hpp"
#include "product_case.hpp"

namespace {

using namespace tests;
using tp::detail::finish;

template <class T>
bool possible(const shape& s, bool b_transposed) {
  const bool one_block = s.k <= tp::contract::block_length<T>;
  return one_block && (!b_transposed || s.k * (s.n + 16) <= tp::detail::small_b);
}

struct tally {
  std::size_t as_it_is = 0;
  std::size_t transposed = 0;  ///< B copied to the stack
};

template <class T>
void run(const shape& s, data kind, tally& taken) {
  if (!possible<T>(s, false)) return;
  INFO(text_of(s));
  const product_case<T> x(s, kind);
  const padded_matrix<T> bias(x.bias.view(), layouts[1]);
  const padded_matrix<T> mask(x.mask.view(), layouts[2]);
  const stored_operands<T> operands(x.A, x.B, layouts[2], layouts[1]);
  padded_matrix<T> C(s.m, s.n, layouts[1]);
  const tp::detail::epilogue<T> ends[] = {
      {finish::store}, {finish::scale, T(-1)}, {finish::blend, T(0.7), T(-0.3)},
      {finish::bias},  {finish::bias_relu},    {finish::mask}};
  for (const auto& end : ends) {
    const tp::matrix<T> expected = x.expected(end);
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        if (!possible<T>(s, b_transposed)) continue;
        if (end.what == finish::blend) {
          C.assign(x.old);
        } else {
          C.fill(filler<T>());
        }
        const bool with_bias = end.what == finish::bias || end.what == finish::bias_relu;
        const tp::matrix_view<const T> no_mask;
        const tp::matrix_view<const T> with_mask = mask.view();
        tp::detail::multiply_small<T>(
            tp::detail::kernels<T>(), operands.A(a_transposed), operands.B(b_transposed), C.view(), end,
            with_bias ? bias.view().data() : nullptr, end.what == finish::mask ? with_mask : no_mask);
        ++(b_transposed ? taken.transposed : taken.as_it_is);
        const std::string wrong = difference<T>(C.view(), expected);
        if (wrong.empty() && C.padding_untouched()) continue;
        CAPTURE(a_transposed, b_transposed, static_cast<int>(end.what));
        REQUIRE(wrong == "");
        REQUIRE(C.padding_untouched());
      }
    }
  }
}

template <class T>
void run_all(const shapes& family, data kind = data::uniform) {
  tally taken;
  for (const shape& s : family) run<T>(s, kind, taken);
  CHECK(taken.as_it_is > 0);
  CHECK(taken.transposed > 0);
}

}  // namespace

TEMPLATE_TEST_CASE("small products: tile edges", "[gemm][small]", float, double) {
  run_all<TestType>(families::tile_edges<TestType>());
}
TEMPLATE_TEST_CASE("small products: tiny and narrow", "[gemm][small]", float, double) {
  for (const data kind : {data::uniform, data::special}) {
    run_all<TestType>(families::tiny(), kind);
    run_all<TestType>(families::narrow(), kind);
  }
}
TEMPLATE_TEST_CASE("small products: layers and one block of k", "[gemm][small]", float, double) {
  run_all<TestType>(families::layers());
  run_all<TestType>(families::block_cuts<TestType>());
}
