// SPDX-License-Identifier: MIT
// What the tests compare with is the contract, and the contract's cuts are what its text says.
#include "catch.hpp"
#include "product_case.hpp"

using namespace tests;
namespace contract = tp::contract;

TEMPLATE_TEST_CASE("expected results are those of the contract's functions", "[reference]", float, double) {
  using T = TestType;
  using tp::detail::finish;
  for (const shape& s : {shape{5, 7, 3}, shape{3, 2, 700}, shape{2, 3, 8200}}) {
    for (const data kind : {data::uniform, data::special}) {
      const product_case<T> x(s, kind);
      with_arithmetic([&]<class arithmetic>(arithmetic) {
        for (const T alpha : {T(1), T(0.7), T(-1), T(0)}) {
          for (const T beta : {T(0), T(1), T(-0.3)}) {
            tp::matrix<T> C = x.old;
            contract::gemm<arithmetic, T>(x.A, x.B, C, alpha, beta);
            CHECK(difference<T>(x.expected(gemm_end(alpha, beta)), C) == "");
          }
        }
        tp::matrix<T> C(s.m, s.n);
        contract::dense_forward<arithmetic, T>(x.A, x.B, x.bias.row(0), tp::activation::identity, C);
        CHECK(difference<T>(x.expected({finish::bias}), C) == "");
        contract::dense_forward<arithmetic, T>(x.A, x.B, x.bias.row(0), tp::activation::relu, C);
        CHECK(difference<T>(x.expected({finish::bias_relu}), C) == "");

        const stored_operand<T> W(x.B, true, {});
        contract::backprop_path<arithmetic, T>(x.A, W.get().view(), x.mask, C, tp::activation::relu);
        CHECK(difference<T>(x.expected({finish::mask}), C) == "");
      });
    }
  }
}

TEMPLATE_TEST_CASE("k is cut into balanced slices and blocks", "[reference]", float, double) {
  using T = TestType;
  const std::size_t limit = contract::block_length<T>;
  std::size_t longest = 0;
  for (std::size_t k = 0; k < 40000; k = k < 1000 ? k + 1 : k + 37) {
    const contract::cut slices = contract::slices(k);
    REQUIRE(slices.begin(0) == 0);
    REQUIRE(slices.begin(slices.count) == k);
    for (std::size_t s = 0; s < slices.count; ++s) {
      const std::size_t length = slices.begin(s + 1) - slices.begin(s);
      if (slices.count > 1) REQUIRE(length + 16 > contract::slice_length);
      const contract::cut blocks = contract::blocks<T>(length);
      REQUIRE(blocks.begin(0) == 0);
      REQUIRE(blocks.begin(blocks.count) == length);
      for (std::size_t b = 0; b < blocks.count; ++b) {
        const std::size_t block = blocks.begin(b + 1) - blocks.begin(b);
        if (length != 0) REQUIRE(block > 0);
        REQUIRE(block <= limit);
        if (b + 1 < blocks.count) {
          REQUIRE(block % 16 == 0);
          REQUIRE(block + 16 >= length / blocks.count);
        }
        longest = std::max(longest, block);
      }
    }
  }
  CHECK(longest == limit);
}

TEST_CASE("the cuts that the contract's text names", "[reference]") {
  CHECK(contract::slices(8191).count == 1);
  CHECK(contract::slices(8192).count == 2);
  CHECK(contract::slices(8192).begin(1) == 4096);
  CHECK(contract::blocks<float>(320).count == 1);
  CHECK(contract::blocks<float>(321).count == 2);
  CHECK(contract::blocks<float>(784).count == 3);
  CHECK(contract::blocks<double>(256).count == 1);
  CHECK(contract::blocks<double>(257).count == 2);
}
