// SPDX-License-Identifier: MIT
// Both packing kernels at every height of a sliver, with and without padding.
#include <utility>

#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"

using namespace tests;

TEMPLATE_TEST_CASE("packing moves every element and writes a vector behind the end at most", "[packing]",
                   float, double) {
  using T = TestType;
  const auto& table = tp::detail::kernels<T>();
  const std::size_t w = table.width;
  const std::size_t tallest = std::max<std::size_t>(16, 4 * w);
  std::size_t slivers = 0;
  generator random(1);
  for (std::size_t rows = 1; rows <= tallest; ++rows) {
    for (const std::size_t out_stride : {rows, (rows + w - 1) / w * w}) {
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}, w - 1, w, w + 1, 2 * w + 3}) {
        const tp::matrix<T> x = uniform_matrix<T>(k, rows, random);
        for (const auto& [transposed, where] :
             {std::pair{false, layouts[2]}, {true, layouts[2]}, {true, aliasing[1]}}) {
          padded_matrix<T> in(transposed ? rows : k, transposed ? k : rows, where);
          for (std::size_t p = 0; p < k; ++p) {
            for (std::size_t i = 0; i < rows; ++i) (transposed ? in.view()(i, p) : in.view()(p, i)) = x(p, i);
          }
          tp::matrix<T> out(1, k * out_stride + 2 * w);
          std::ranges::fill(out.elements(), filler<T>());
          const auto pack = transposed ? table.pack_rows : table.pack_columns;
          pack(in.view().data(), in.view().stride(), rows, k, out.data(), out_stride);

          CAPTURE(rows, out_stride, k, transposed, where.bytes);
          const tp::matrix_view<const T> sliver(out.data(), k, rows, out_stride);
          const std::string wrong = difference<T>(sliver, x);
          REQUIRE(wrong == "");
          const auto all = out.elements();
          REQUIRE(std::all_of(all.end() - static_cast<std::ptrdiff_t>(w), all.end(), is_filler<T>));
          ++slivers;
        }
      }
    }
  }
  CHECK(slivers == 36 * tallest);
}
