// SPDX-License-Identifier: MIT
// Every micro-kernel of the tier's table by itself: each tile, both layouts of A, every way to finish, with
// and without sums of earlier blocks and slices.
#include <algorithm>
#include <vector>

#include "support/catch.hpp"
#include "support/product_case.hpp"

namespace {

using namespace tests;
using tp::detail::a_layout;
using tp::detail::epilogue_op;

template <class T>
struct bench {
  bench(std::size_t rows, std::size_t columns, std::size_t k)
      : x({rows, columns, k}),
        operands(x.A, x.B, layouts[1], layouts[2]),
        slice(make(rows, columns, 1)),
        total(make(rows, columns, 2)),
        C(rows, columns, layouts[2]) {}

  static tp::matrix<T> make(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    generator random(seed);
    return uniform_matrix<T>(rows, columns, random);
  }

  /// contract::gemm with a sum of earlier blocks and one of earlier slices.
  tp::matrix<T> expected(const tp::detail::epilogue<T>& finish, bool with_slice, bool with_total) const {
    product_case<T> folded = x;
    for (std::size_t i = 0; i < x.size.m; ++i) {
      for (std::size_t j = 0; j < x.size.n; ++j) {
        T& t = folded.sum(i, j);
        if (with_slice) t = slice(i, j) + t;
        if (with_total) t = total(i, j) + t;
      }
    }
    return folded.expected(finish);
  }

  void run(tp::detail::micro_kernel<T> kernel, a_layout from, bool b_transposed, std::size_t count = 1) {
    const padded_matrix<T> earlier_blocks(slice.view(), layouts[1]);
    const padded_matrix<T> earlier_slices(total.view(), layouts[2]);
    const padded_matrix<T> bias(x.bias.view(), layouts[1]);
    const padded_matrix<T> mask(x.mask.view(), layouts[2]);
    const auto A = operands.A(from == a_layout::columns).view();
    const auto B = operands.B(b_transposed).view();
    for (const epilogue_op op : {epilogue_op::store, epilogue_op::scale, epilogue_op::blend,
                                 epilogue_op::bias, epilogue_op::bias_relu, epilogue_op::mask}) {
      for (const bool with_slice : {false, true}) {
        for (const bool with_total : {false, true}) {
          const tp::detail::epilogue<T> finish{op, T(0.7), T(-0.3)};
          C.assign(x.old);
          tp::detail::tile<T> t{};
          t.k = x.size.k;
          t.a = A.data();
          t.a_stride = A.stride();
          t.b = B.data();
          t.b_stride = B.stride();
          t.b_next = x.size.n / count;
          t.count = count;
          t.tail = x.size.n;
          t.ahead = with_total ? A.data() : nullptr;
          t.ahead_stride = A.stride();
          if (with_slice) {
            t.slice = earlier_blocks.view().data();
            t.slice_stride = earlier_blocks.view().stride();
          }
          if (with_total) {
            t.total = earlier_slices.view().data();
            t.total_stride = earlier_slices.view().stride();
          }
          t.finish = &finish;
          t.bias = bias.view().data();
          t.mask = mask.view().data();
          t.mask_stride = mask.view().stride();
          t.c = C.view().data();
          t.c_stride = C.view().stride();
          kernel(t);
          const std::string wrong = difference<T>(C.view(), expected(finish, with_slice, with_total));
          if (wrong.empty() && C.padding_untouched()) continue;
          CAPTURE(text_of(x.size), static_cast<int>(from), b_transposed, static_cast<int>(op), with_slice,
                  with_total);
          REQUIRE(wrong == "");
          REQUIRE(C.padding_untouched());
        }
      }
    }
  }

  product_case<T> x;
  stored_operands<T> operands;
  tp::matrix<T> slice;
  tp::matrix<T> total;
  padded_matrix<T> C;
};

}  // namespace

TEMPLATE_TEST_CASE("every micro-kernel of the table", "[kernels]", float, double) {
  using T = TestType;
  const auto& table = tp::detail::kernels<T>();
  std::size_t whole = 0;
  std::size_t partial = 0;
  std::size_t half = 0;
  std::size_t register_tiles = 0;
  for (const a_layout from : {a_layout::columns, a_layout::rows}) {
    const auto& kernels = table.products[static_cast<std::size_t>(from)];
    for (std::size_t rows = 1; rows <= table.tile_rows; ++rows) {
      for (const std::size_t k :
           {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{50}}) {
        for (std::size_t w = 0; w < tp::detail::tile_widths.size(); ++w) {
          const auto kernel = kernels.full[w][rows - 1];
          if (kernel == nullptr) continue;
          const std::size_t vectors = tp::detail::tile_widths[w];
          for (const std::size_t count : {1u, 3u}) {
            bench<T>(rows, count * vectors * table.width, k).run(kernel, from, false, count);
          }
          if (vectors == kernels.widest[rows - 1]) {
            bench<T>(rows, 2 * vectors * table.width, k).run(kernels.read_once[rows - 1], from, false, 2);
          }
          ++whole;
          register_tiles += vectors < table.tall_rows.size() && rows == table.tall_rows[vectors] ? 1 : 0;
        }
        bench<T>(rows, table.width, k).run(kernels.transposed[rows - 1], from, true);
        for (std::size_t columns = 1; columns < table.width; ++columns) {
          bench<T>(rows, columns, k).run(kernels.partial.plain[rows - 1], from, false);
          bench<T>(rows, columns, k).run(kernels.partial.transposed[rows - 1], from, true);
          ++partial;
          if (kernels.half == nullptr || 2 * columns > table.width) continue;
          bench<T>(rows, columns, k).run(kernels.half->plain[rows - 1], from, false);
          bench<T>(rows, columns, k).run(kernels.half->transposed[rows - 1], from, true);
          ++half;
        }
      }
    }
  }
  CHECK(whole >= 2 * 5 * table.tile_rows);
  CHECK(partial == 2 * 5 * table.tile_rows * (table.width - 1));
  CHECK(half == (table.tier == tp::isa::avx512 ? 5 * table.tile_rows * table.width : 0));
  const auto used = std::ranges::count_if(table.tall_rows, [](std::uint8_t rows) { return rows != 0; });
  CHECK(register_tiles == 2 * 5 * static_cast<std::size_t>(used));
}
