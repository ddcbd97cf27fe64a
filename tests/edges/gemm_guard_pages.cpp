// SPDX-License-Identifier: MIT
// No product reads or writes outside of its operands: all of them lie against unmapped pages.
#include <twinpath/gemm.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>

#include "gemm/blocked.hpp"
#include "gemm/transposed.hpp"
#include "support/catch.hpp"
#include "support/guarded.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"

namespace {

using namespace tests;

template <class T>
void fill(tp::matrix_view<T> x, generator& random) {
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (T& e : x.row(i)) e = random.uniform<T>();
  }
}

/// As gemm chooses, and on each path: in place, with everything packed, and transposed.
template <class T>
void multiply(const tp::operand<T>& A, const tp::operand<T>& B, tp::matrix_view<T> C) {
  tp::gemm(A, B, C);
  tp::gemm(A, B, C, T(0.7), T(-0.3));
  const auto& table = tp::detail::kernels<T>();
  for (const bool packed : {false, true}) {
    const tp::detail::product<T> x{A, B, C, {}, nullptr, {}};
    auto plan = tp::detail::plan_product(table, x.shape(), x.finish.op, 1);
    plan.pack_a = packed && A.is_transposed();
    plan.pack_b = packed;
    plan.keep_a = plan.keep_a && packed;
    tp::detail::size_scratch<T>(plan);
    tp::matrix<T> scratch(1, plan.scratch() + 64 / sizeof(T));
    tp::detail::run_blocked<T>(table, plan, x, scratch.data(), {});
  }
  const tp::detail::product<T> x{A, B, C, {}, nullptr, {}};
  const auto narrow = tp::detail::plan_narrow(table, x.shape(), 1);
  tp::matrix<T> scratch(1, narrow.scratch() + 64 / sizeof(T));
  tp::detail::run_narrow<T>(table, narrow, x, scratch.data(), {});
}

/// Products of every m and n up to beyond two register tiles, and of every k, or of one k for each m, n,
/// transposition and side, so that each k comes with all of the others in turn. Returns their number.
template <class T>
std::size_t multiply_every_shape(bool every_k) {
  const auto tile = families::tile_of<T>();
  const std::size_t most_m = 2 * tile.rows + 1, most_n = 2 * tile.cols + 1, most_k = 2 * tile.width + 1;
  constexpr std::size_t extra = 3;
  generator random(14);
  const std::size_t longest = std::max({most_m, most_n, most_k}), most = longest * (longest + extra);
  const guarded_memory<T> a(most), b(most), c(most);
  for (const auto* memory : {&a, &b, &c}) {
    for (const flush where : {flush::front, flush::back}) {
      for (T& x : memory->span(most, where)) x = random.uniform<T>();
    }
  }
  std::size_t products = 0, turn = 0;
  const auto multiply_one = [&](std::size_t m, std::size_t n, std::size_t k, unsigned form) {
    const bool a_transposed = (form & 1) != 0, b_transposed = (form & 2) != 0;
    const flush where = (form & 4) != 0 ? flush::back : flush::front;
    const std::size_t gap = extra * (products % 2);
    const auto view = [&](const guarded_memory<T>& memory, std::size_t rows, std::size_t cols) {
      return memory.view(rows, cols, cols + gap, where);
    };
    multiply<T>({a_transposed ? view(a, k, m) : view(a, m, k), a_transposed},
                {b_transposed ? view(b, n, k) : view(b, k, n), b_transposed}, view(c, m, n));
    ++products;
  };
  for (std::size_t m = 1; m <= most_m; ++m) {
    for (std::size_t n = 1; n <= most_n; ++n) {
      for (unsigned form = 0; form < 8; ++form) {
        // Of all k every one comes next; 7 does not divide their number, nor do the 8 forms.
        if (!every_k) multiply_one(m, n, 1 + 7 * turn++ % most_k, form);
        for (std::size_t k = 1; every_k && k <= most_k; ++k) multiply_one(m, n, k, form);
      }
    }
  }
  CHECK(products == 8 * most_m * most_n * (every_k ? most_k : 1));
  return products;
}

}  // namespace

TEMPLATE_TEST_CASE("gemm touches its operands alone, for all small shapes", "[edges][gemm]", float, double) {
  CHECK(multiply_every_shape<TestType>(false) > 0);
}

TEMPLATE_TEST_CASE("gemm touches its operands alone, for all small shapes with every k", "[.every-shape]",
                   float, double) {
  std::printf("%zu products\n", multiply_every_shape<TestType>(true));
}

TEMPLATE_TEST_CASE("gemm touches its operands alone", "[edges][gemm]", float, double) {
  using T = TestType;
  const auto tile = families::tile_of<T>();
  generator random(13);
  std::size_t products = 0;
  const shapes family = families::cross(
      {1, tile.rows - 1, tile.rows, tile.rows + 1, 2 * tile.rows + 1},
      {1, tile.width - 1, tile.width, tile.width + 1, tile.cols - 1, tile.cols + 1, tile.widest + 1},
      {1, tile.width - 1, tile.width + 1, 2 * tile.width});
  for (const shape& s : family) {
    for (const flush where : {flush::front, flush::back}) {
      for (const bool a_transposed : {false, true}) {
        for (const bool b_transposed : {false, true}) {
          const std::size_t extra = 3 * (products % 2);
          const std::size_t a_cols = a_transposed ? s.m : s.k;
          const std::size_t b_cols = b_transposed ? s.k : s.n;
          const guarded_matrix<T> A(a_transposed ? s.k : s.m, a_cols, a_cols + extra, where);
          const guarded_matrix<T> B(b_transposed ? s.n : s.k, b_cols, b_cols + extra, where);
          const guarded_matrix<T> C(s.m, s.n, s.n + extra, where);
          fill(A.view(), random);
          fill(B.view(), random);
          multiply<T>({A.view(), a_transposed}, {B.view(), b_transposed}, C.view());
          ++products;
        }
      }
    }
  }
  CHECK(products == 8 * family.size());
}
