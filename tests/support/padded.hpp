// SPDX-License-Identifier: MIT
// Matrices with padding that shows whether anything outside of the elements was used or written.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <type_traits>

#include <twinpath/matrix.hpp>

#include "support/bits.hpp"

namespace tests {

/// A NaN, so that it shows in every result that uses it; signalling and with a payload, so that no operation
/// can produce it.
template <class T>
T filler() {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(std::uint32_t{0x7fa5a5a5});
  } else {
    return std::bit_cast<double>(std::uint64_t{0x7ff5a5a5a5a5a5a5});
  }
}

template <class T>
bool is_filler(const T& x) {
  const T expected = filler<T>();
  return std::memcmp(&x, &expected, sizeof(T)) == 0;
}

/// Whether a block of memory holds filler everywhere outside of the elements of its matrix.
template <class T>
bool is_filler_around(tp::matrix_view<const T> x, std::span<const T> memory) {
  const T* gap = memory.data();
  for (std::size_t i = 0; i < x.rows() && x.cols() != 0; ++i) {
    const T* row = x.row(i).data();
    if (!std::all_of(gap, row, is_filler<T>)) return false;
    gap = row + x.cols();
  }
  return std::all_of(gap, memory.data() + memory.size(), is_filler<T>);
}

/// How a matrix lies in memory, in elements.
struct layout {
  std::size_t offset = 0;  ///< from a 64-byte boundary to the first element
  std::size_t extra = 0;   ///< between the columns and the stride
  std::size_t bytes = 1;   ///< the stride is rounded up to a multiple of this

  template <class T>
  [[nodiscard]] std::size_t stride(std::size_t cols) const {
    const std::size_t unit = bytes < sizeof(T) ? 1 : bytes / sizeof(T);
    return (cols + extra + unit - 1) / unit * unit;
  }
};

inline constexpr layout layouts[] = {{0, 0}, {1, 3}, {3, 17}};
/// Rows on the same sets of a cache, as with a stride of a large power of 2.
inline constexpr layout aliasing[] = {{0, 0, 4096}, {1, 0, 4096}};

/// A matrix with filler before, between and behind its rows.
template <class T>
class padded_matrix {
 public:
  padded_matrix(std::size_t rows, std::size_t cols, layout where)
      : memory_(1, 2 * margin + where.offset + rows * where.stride<T>(cols)),
        view_(memory_.data() + margin + where.offset, rows, cols, where.stride<T>(cols)) {
    std::ranges::fill(memory_.elements(), filler<T>());
  }
  padded_matrix(tp::matrix_view<const T> x, layout where) : padded_matrix(x.rows(), x.cols(), where) {
    assign(x);
  }
  padded_matrix(padded_matrix&&) = delete;

  void assign(tp::matrix_view<const T> x) {
    for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(x.row(i), view_.row(i).begin());
  }
  void fill(T x) {
    for (std::size_t i = 0; i < view_.rows(); ++i) std::ranges::fill(view_.row(i), x);
  }

  [[nodiscard]] tp::matrix_view<T> view() const { return view_; }
  /// The elements of a matrix of one row.
  [[nodiscard]] std::span<T> span() const { return view_.row(0); }

  [[nodiscard]] bool padding_untouched() const { return is_filler_around<T>(view_, memory_.elements()); }

 private:
  static constexpr std::size_t margin = 128 / sizeof(T);  // more than the widest vector

  tp::matrix<T> memory_;
  tp::matrix_view<T> view_;
};

}  // namespace tests
