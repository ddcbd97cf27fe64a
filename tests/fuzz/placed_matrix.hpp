// SPDX-License-Identifier: MIT
// Matrices that an input places in memory, at or near an unmapped page.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include <twinpath/matrix.hpp>

#include "support/guarded.hpp"
#include "support/padded.hpp"

namespace fuzz {

namespace tp = twinpath;

/// How a matrix lies in memory.
struct placement {
  tests::flush where = tests::flush::front;
  std::size_t gap = 0;     ///< elements between the unmapped page and the matrix
  std::size_t stride = 0;  ///< elements
};

/// Contiguous rows, padded rows, or rows on the same sets of a cache.
template <class T>
placement draw_placement(FuzzedDataProvider& input, std::size_t rows, std::size_t cols) {
  constexpr std::size_t most_gap = 64 / sizeof(T) + 1, most_extra = 40, most_elements = std::size_t{1} << 19;
  placement at;
  at.where = input.ConsumeBool() ? tests::flush::front : tests::flush::back;
  at.gap = input.ConsumeBool() ? input.ConsumeIntegralInRange<std::size_t>(0, most_gap) : 0;
  tests::layout layout;
  switch (input.ConsumeIntegralInRange(0, 3)) {
    case 1:
      layout.extra = input.ConsumeIntegralInRange<std::size_t>(1, most_extra);
      break;
    case 2:
      layout.bytes = 4096;
      break;
    default:
      break;
  }
  at.stride = layout.stride<T>(cols);
  if (rows != 0 && at.stride > most_elements / rows) at.stride = cols;
  return at;
}

/// A matrix with filler before, between and behind its rows.
template <class T>
class placed_matrix {
 public:
  placed_matrix(std::size_t rows, std::size_t cols, const placement& at)
      : extent_(rows == 0 || cols == 0 ? 0 : (rows - 1) * at.stride + cols),
        memory_(1, at.gap + extent_ + margin, at.gap + extent_ + margin, at.where),
        view_(memory_.view().data() + (at.where == tests::flush::front ? at.gap : margin), rows, cols,
              at.stride) {
    std::ranges::fill(memory_.view().row(0), tests::filler<T>());
  }
  placed_matrix(FuzzedDataProvider& input, std::size_t rows, std::size_t cols)
      : placed_matrix(rows, cols, draw_placement<T>(input, rows, cols)) {}

  [[nodiscard]] tp::matrix_view<T> view() const { return view_; }
  [[nodiscard]] tp::matrix_view<const T> const_view() const { return view_; }
  /// The elements of a matrix of one row.
  [[nodiscard]] std::span<T> span() const { return view_.row(0); }
  [[nodiscard]] bool padding_untouched() const {
    return tests::is_filler_around<T>(view_, memory_.view().row(0));
  }

 private:
  static constexpr std::size_t margin = 128 / sizeof(T);  // more than the widest vector

  std::size_t extent_;
  tests::guarded_matrix<T> memory_;
  tp::matrix_view<T> view_;
};

}  // namespace fuzz
