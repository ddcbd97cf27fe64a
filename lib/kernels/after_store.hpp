// SPDX-License-Identifier: MIT
// What follows the store of a product: a function of each of its elements, a row of tiles after the other,
// while they are in a near cache. Activations that are too long for the end of a micro-kernel, their
// derivatives, updates of what the product is the gradient of.
#pragma once

#include <cstddef>

#include "kernels/kernel_table.hpp"

namespace twinpath::inline v0::detail {

template <class T>
struct after_store {
  element_function<T> function;  ///< null: nothing follows, and the rest is not set
  const void* factors;
  // Of C's shape; which of them are read and written, if any, is the function's affair.
  T* x;
  T* y;
  T* z;
  std::size_t stride;

  /// Nothing. Clearing the rest would cost the smallest network a tenth of its time.
  after_store() noexcept : function(nullptr) {}
  /// f of C and of x.
  after_store(element_function<T> f, T* first, std::size_t rows_apart) noexcept
      : function(f), factors(nullptr), x(first), y(nullptr), z(nullptr), stride(rows_apart) {}

  /// For the rows and columns of C that begin at (i, j), which lie at c.
  void run(T* c, std::size_t c_stride, std::size_t i, std::size_t j, std::size_t rows,
           std::size_t cols) const {
    const std::size_t offset = i * stride + j;
    if (cols == c_stride && cols == stride)
      return function(c, moved(x, offset), moved(y, offset), moved(z, offset), factors, rows * cols);
    for (std::size_t r = 0; r < rows; ++r) {
      const std::size_t place = offset + r * stride;
      function(c + r * c_stride, moved(x, place), moved(y, place), moved(z, place), factors, cols);
    }
  }

 private:
  static T* moved(T* p, std::size_t by) { return p == nullptr ? p : p + by; }
};

}  // namespace twinpath::inline v0::detail
