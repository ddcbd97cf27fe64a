// SPDX-License-Identifier: MIT
// The expected results of the tests are the contract's, and its cuts of k are those that its text states.
#include "support/catch.hpp"
#include "support/product_case.hpp"

using namespace tests;
namespace contract = tp::contract;

TEMPLATE_TEST_CASE("expected results are those of the contract's functions", "[reference]", float, double) {
  using T = TestType;
  using tp::detail::epilogue_op;
  for (const shape& s : {shape{5, 7, 3}, shape{3, 2, 700}, shape{2, 3, 8200}}) {
    for (const data kind : {data::uniform, data::special}) {
      const product_case<T> x(s, kind);
      with_arithmetic([&]<class arithmetic>(arithmetic) {
        for (const T alpha : {T(1), T(0.7), T(-1), T(0)}) {
          for (const T beta : {T(0), T(1), T(-0.3)}) {
            tp::matrix<T> C = x.old;
            contract::gemm<arithmetic, T>(x.A, x.B, C, alpha, beta);
            CHECK(difference<T>(x.expected(gemm_epilogue(alpha, beta)), C) == "");
          }
        }
        tp::matrix<T> C(s.m, s.n);
        contract::dense_forward<arithmetic, T>(x.A, x.B, x.bias.row(0), tp::activation::identity, C);
        CHECK(difference<T>(x.expected({epilogue_op::bias}), C) == "");
        contract::dense_forward<arithmetic, T>(x.A, x.B, x.bias.row(0), tp::activation::relu, C);
        CHECK(difference<T>(x.expected({epilogue_op::bias_relu}), C) == "");

        const stored_operand<T> W(x.B, true, {});
        contract::backprop_path<arithmetic, T>(x.A, W.get().view(), x.mask, C, tp::activation::relu);
        CHECK(difference<T>(x.expected({epilogue_op::mask}), C) == "");
      });
    }
  }
}

namespace {

/// Whether parts follow each other from 0 to the length, hold whole units of 16 but for the last one, and
/// differ by at most a unit.
bool balanced(const contract::cut& c) {
  if (c.begin(0) != 0 || c.begin(c.count) != c.length) return false;
  for (std::size_t i = 0; i < c.count; ++i) {
    const std::size_t part = c.begin(i + 1) - c.begin(i);
    const bool last = i + 1 == c.count;
    if (c.length != 0 && part == 0) return false;
    if (!last && part % 16 != 0) return false;
    if (part > c.length / c.count + 16 || part + 32 <= c.length / c.count) return false;
  }
  return true;
}

std::size_t longest(const contract::cut& c) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < c.count; ++i) length = std::max(length, c.begin(i + 1) - c.begin(i));
  return length;
}

}  // namespace

TEMPLATE_TEST_CASE("k is cut into balanced slices and blocks", "[reference]", float, double) {
  using T = TestType;
  std::size_t longest_block = 0;
  for (std::size_t k = 0; k < 40000; k = k < 1000 ? k + 1 : k + 37) {
    CAPTURE(k);
    const contract::cut slices = contract::slices(k);
    REQUIRE(balanced(slices));
    if (slices.count > 1) REQUIRE(k / slices.count >= contract::slice_length);
    const contract::cut blocks = contract::blocks<T>(slices.begin(1));
    REQUIRE(balanced(blocks));
    longest_block = std::max(longest_block, longest(blocks));
  }
  CHECK(longest_block == contract::block_length<T>);
}

TEST_CASE("the cuts of k that the contract's text states", "[reference]") {
  CHECK(contract::slices(8191).count == 1);
  CHECK(contract::slices(8192).count == 2);
  CHECK(contract::slices(8192).begin(1) == 4096);
  CHECK(contract::blocks<float>(320).count == 1);
  CHECK(contract::blocks<float>(321).count == 2);
  CHECK(contract::blocks<float>(784).count == 3);
  CHECK(contract::blocks<double>(256).count == 1);
  CHECK(contract::blocks<double>(257).count == 2);
}
