// SPDX-License-Identifier: MIT
// No function reads or writes outside of its operands: unmapped pages adjoin all of them. For products see
// gemm_guard_pages.cpp.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "edges/every_operation.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/guarded.hpp"
#include "support/shapes.hpp"

namespace {

using namespace tests;

template <class T>
class guarded_operands {
 public:
  guarded_operands(std::size_t most_elements, flush where, std::size_t gap)
      : most_(most_elements), where_(where), gap_(gap), classes_(most_elements) {}

  void begin() { next_ = 0; }
  [[nodiscard]] tp::matrix_view<T> matrix(std::size_t rows, std::size_t cols) {
    return next().view(rows, cols, cols + gap_, where_);
  }
  [[nodiscard]] std::span<T> vector(std::size_t n) { return next().span(n, where_); }
  [[nodiscard]] std::span<std::int32_t> classes(std::size_t n) const { return classes_.span(n, where_); }

 private:
  guarded_memory<T>& next() {
    if (next_ == memory_.size()) memory_.emplace_back(most_);
    return memory_[next_++];
  }

  std::size_t most_;
  flush where_;
  std::size_t gap_;
  std::deque<guarded_memory<T>> memory_;
  std::size_t next_ = 0;
  guarded_memory<std::int32_t> classes_;
};

/// compute(operations) with unmapped pages before and after the operands, with contiguous and with padded
/// rows, against memory of ordinary matrices. Returns the first difference.
template <class T, class Compute>
std::string difference_of(std::size_t most_elements, const Compute& compute) {
  dense_memory<T> dense;
  operations<T, dense_memory<T>> in_dense(dense);
  const std::vector<T> expected = compute(in_dense);
  for (const flush where : {flush::front, flush::back}) {
    for (const std::size_t gap : {0u, 3u}) {
      guarded_operands<T> guarded(most_elements, where, gap);
      operations<T, guarded_operands<T>> in_guarded(guarded);
      const std::vector<T> actual = compute(in_guarded);
      if (actual.size() != expected.size()) return "another number of results";
      const std::string wrong = difference<T>(std::span<const T>(actual), std::span<const T>(expected));
      if (!wrong.empty()) return wrong;
    }
  }
  return {};
}

}  // namespace

TEMPLATE_TEST_CASE("functions of rows and elements touch their operands alone", "[edges][guard]", float,
                   double) {
  using T = TestType;
  const std::size_t w = families::tile_of<T>().width;
  for (std::size_t cols = 1; cols <= 4 * w + 1; ++cols) {
    for (const std::size_t rows : {1u, 2u, 3u, 33u}) {
      CAPTURE(rows, cols);
      REQUIRE(difference_of<T>(rows * (cols + 3) + rows + cols,
                               [&](auto& call) { return call.of_rows(rows, cols); }) == "");
    }
  }
  for (std::size_t rows = 1; rows <= 70; ++rows) {
    CAPTURE(rows);
    REQUIRE(difference_of<T>(rows * (w + 2 + 3) + rows,
                             [&](auto& call) { return call.of_rows(rows, w + 2); }) == "");
  }
}

TEMPLATE_TEST_CASE("functions of a layer touch their operands alone", "[edges][guard]", float, double) {
  using T = TestType;
  const auto tile = families::tile_of<T>();
  const std::size_t w = tile.width;
  for (const shape& s : families::cross({1, 2, tile.rows, tile.rows + 1, 33}, {1, w - 1, w, w + 1, 2 * w + 1},
                                        {1, w - 1, w + 1, 2 * w + 1})) {
    CAPTURE(text_of(s));
    const std::size_t longest = std::max({s.m, s.n, s.k});
    REQUIRE(difference_of<T>(longest * (longest + 3),
                             [&](auto& call) { return call.of_layer(s.m, s.n, s.k); }) == "");
  }
}

TEMPLATE_TEST_CASE("a network touches the caller's memory within its operands alone", "[edges][guard]", float,
                   double) {
  using T = TestType;
  const std::size_t w = families::tile_of<T>().width;
  for (const std::vector<std::size_t>& widths : {std::vector<std::size_t>{3, 4, 2},
                                                 {1, 1},
                                                 {w - 1, w + 1},
                                                 {w + 1, 2 * w, w - 1},
                                                 {2 * w + 1, 5, 3, w}}) {
    for (const std::size_t rows : {1u, 2u, 5u, 31u, 34u}) {
      CAPTURE(widths, rows);
      const std::size_t most = (rows + 1) * (*std::ranges::max_element(widths) + 3);
      REQUIRE(difference_of<T>(most, [&](auto& call) { return call.of_network(widths, rows); }) == "");
    }
  }
}
