// SPDX-License-Identifier: MIT
// Both packing kernels at every height of a sliver.
#include "catch.hpp"
#include "padded.hpp"
#include "random.hpp"
#include "shapes.hpp"

using namespace tests;

TEMPLATE_TEST_CASE("packing puts the elements of one k side by side", "[packing]", float, double) {
  using T = TestType;
  const auto& table = tp::detail::kernels<T>();
  const std::size_t w = table.width;
  const std::size_t tallest = std::max(table.tile_rows, table.tile_vectors * w);
  std::size_t filled_up = 0;
  generator random(1);
  for (std::size_t rows = 1; rows <= tallest; ++rows) {
    for (const std::size_t padded : {rows, (rows + w - 1) / w * w}) {
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}, w - 1, w, w + 1, 2 * w + 3}) {
        const tp::matrix<T> x = uniform_matrix<T>(k, rows, random);
        tp::matrix<T> expected(k, padded);
        for (std::size_t p = 0; p < k; ++p) std::ranges::copy(x.row(p), expected.row(p).begin());

        for (const bool transposed : {false, true}) {
          padded_matrix<T> in(transposed ? rows : k, transposed ? k : rows, layouts[2]);
          for (std::size_t p = 0; p < k; ++p) {
            for (std::size_t i = 0; i < rows; ++i) (transposed ? in.view()(i, p) : in.view()(p, i)) = x(p, i);
          }
          // A vector behind the end may be written, nothing further.
          tp::matrix<T> out(1, k * padded + 2 * w);
          std::ranges::fill(out.elements(), filler<T>());
          const auto pack = transposed ? table.pack_rows : table.pack_columns;
          pack(in.view().data(), in.view().stride(), rows, k, out.data(), padded);
          // What lies between rows and padded is not promised.
          for (std::size_t p = 0; p < k; ++p) std::fill_n(out.data() + p * padded + rows, padded - rows, T(0));

          CAPTURE(rows, padded, k, transposed);
          const auto all = std::as_const(out).elements();
          const std::string wrong = difference<T>(all.first(k * padded), expected.elements());
          REQUIRE(wrong == "");
          REQUIRE(std::all_of(all.end() - static_cast<std::ptrdiff_t>(w), all.end(), is_filler<T>));
          filled_up += padded > rows ? 1 : 0;
        }
      }
    }
  }
  CHECK(filled_up > 0);
}
