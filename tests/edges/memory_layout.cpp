// SPDX-License-Identifier: MIT
// Operands at every offset from a 64-byte boundary, and padded rows: the padding is neither used nor written.
// For products see gemm_padding.cpp.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "edges/every_operation.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/shapes.hpp"

namespace {

using namespace tests;

/// Operands that begin at different offsets from a 64-byte boundary. The memory around and between their rows
/// holds NaN.
template <class T>
class padded_operands {
 public:
  padded_operands(std::size_t offset, std::size_t extra) : offset_(offset), extra_(extra) {}

  /// Starts anew; earlier operands are no longer used.
  void begin() {
    check();
    memory_.clear();
    classes_.clear();
  }
  [[nodiscard]] tp::matrix_view<T> matrix(std::size_t rows, std::size_t cols) {
    constexpr std::size_t line = 64 / sizeof(T);
    const layout where{(offset_ + 3 * memory_.size()) % line, extra_};
    return memory_.emplace_back(rows, cols, where).view();
  }
  [[nodiscard]] std::span<T> vector(std::size_t n) { return matrix(1, n).row(0); }
  [[nodiscard]] std::span<std::int32_t> classes(std::size_t n) {
    std::vector<std::int32_t>& all = classes_.emplace_back(n + 64, -1);
    return std::span(all).subspan(offset_, n);
  }
  /// Whether the memory around and between the rows of all operands is untouched.
  [[nodiscard]] bool untouched() {
    check();
    return untouched_;
  }

 private:
  void check() {
    for (const padded_matrix<T>& x : memory_) untouched_ = untouched_ && x.padding_untouched();
  }

  std::size_t offset_, extra_;
  std::deque<padded_matrix<T>> memory_;
  std::deque<std::vector<std::int32_t>> classes_;
  bool untouched_ = true;
};

/// The first difference from memory of ordinary matrices, at each offset and with some paddings of rows.
template <class T, class Compute>
std::string difference_of(const Compute& compute) {
  dense_memory<T> dense;
  operations<T, dense_memory<T>> in_dense(dense);
  const std::vector<T> expected = compute(in_dense);
  for (std::size_t offset = 0; offset < 64 / sizeof(T); ++offset) {
    for (const std::size_t extra : {0u, 1u, 5u}) {
      padded_operands<T> padded(offset, extra);
      operations<T, padded_operands<T>> in_padded(padded);
      const std::vector<T> actual = compute(in_padded);
      const std::string at = ", offset " + std::to_string(offset) + ", gap " + std::to_string(extra);
      if (actual.size() != expected.size()) return "another number of results" + at;
      const std::string wrong = difference<T>(std::span<const T>(actual), std::span<const T>(expected));
      if (!wrong.empty()) return wrong + at;
      if (!padded.untouched()) return "memory between rows was written" + at;
    }
  }
  return {};
}

}  // namespace

TEMPLATE_TEST_CASE("functions of rows and elements have the same bits in any memory", "[edges][layout]",
                   float, double) {
  using T = TestType;
  const std::size_t w = families::tile_of<T>().width;
  for (const std::size_t cols : {std::size_t{1}, w - 1, w, w + 1, 2 * w + 3, 5 * w}) {
    for (const std::size_t rows : {1u, 3u, 33u}) {
      CAPTURE(rows, cols);
      REQUIRE(difference_of<T>([&](auto& call) { return call.of_rows(rows, cols); }) == "");
    }
  }
}

TEMPLATE_TEST_CASE("functions of a layer have the same bits in any memory", "[edges][layout]", float,
                   double) {
  using T = TestType;
  const auto tile = families::tile_of<T>();
  const std::size_t w = tile.width;
  for (const shape& s : families::cross({1, tile.rows + 1}, {1, w, w + 3}, {w - 1, 2 * w + 1})) {
    CAPTURE(text_of(s));
    REQUIRE(difference_of<T>([&](auto& call) { return call.of_layer(s.m, s.n, s.k); }) == "");
  }
  REQUIRE(difference_of<T>([&](auto& call) { return call.of_layer(70, 80, 90); }) == "");
}

TEMPLATE_TEST_CASE("a network has the same bits for a batch in any memory", "[edges][layout]", float,
                   double) {
  using T = TestType;
  const std::size_t w = families::tile_of<T>().width;
  for (const std::vector<std::size_t>& widths :
       {std::vector<std::size_t>{3, 4, 2}, {w + 1, 2 * w, w - 1}, {2 * w + 1, 5, 3, w}}) {
    for (const std::size_t rows : {1u, 5u, 34u}) {
      CAPTURE(widths, rows);
      REQUIRE(difference_of<T>([&](auto& call) { return call.of_network(widths, rows); }) == "");
    }
  }
}
