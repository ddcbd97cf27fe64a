// SPDX-License-Identifier: MIT
// What follows the store of a product: an elementwise function of C, one row of tiles after the other, while
// they are in a near cache. Activations that are too long for the epilogue of a micro-kernel, their
// derivatives, and updates of the parameters whose gradient the product is.
#pragma once

#include <cstddef>
#include <variant>

#include "kernels/kernel_table.hpp"

namespace twinpath::inline v0::detail {

/// out = f(C), of C's shape.
template <class T>
struct map_step {
  map_function<T> function;
  T* out;

  void operator()(const T* c, std::size_t offset, std::size_t n) const { function(c, out + offset, n); }
};

/// C = C times the derivative from `kept`, of C's shape.
template <class T>
struct derivative_step {
  derivative_function<T> function;
  const T* kept;

  void operator()(T* c, std::size_t offset, std::size_t n) const { function(c, kept + offset, n); }
};

/// Updates the parameters w, of C's shape, whose gradient is C. A moment that the optimiser does not have is
/// null.
template <class T>
struct update_step {
  update_function<T> function;
  const update_factors<T>* factors;
  T* w;
  T* first;
  T* second;

  void operator()(const T* c, std::size_t offset, std::size_t n) const {
    function(c, w + offset, at(first, offset), at(second, offset), *factors, n);
  }

 private:
  static T* at(T* moment, std::size_t offset) { return moment == nullptr ? nullptr : moment + offset; }
};

/// Calls step(c, offset, n) for all elements of the block of C that begins at (i, j) and lies at c; `offset`
/// is the place of the first of n elements in the other matrix, whose rows are `stride` elements apart.
template <class C, class Step>
void for_rows_of(const Step& step, std::size_t stride, C* c, std::size_t c_stride, std::size_t i,
                 std::size_t j, std::size_t rows, std::size_t cols) {
  const std::size_t offset = i * stride + j;
  if (cols == c_stride && cols == stride) return step(c, offset, rows * cols);
  for (std::size_t r = 0; r < rows; ++r) step(c + r * c_stride, offset + r * stride, cols);
}

template <class T>
class after_store {
 public:
  /// Nothing. Clears neither a step nor the stride, which would cost the smallest network a tenth of its
  /// time.
  after_store() noexcept {}
  /// In place, because a copy would wait for the stores of the fields. `stride`: of the matrices of the step.
  template <class Step>
  void set(const Step& step, std::size_t stride) noexcept {
    step_.template emplace<Step>(step);
    stride_ = stride;
  }

  /// Whether anything follows.
  [[nodiscard]] explicit operator bool() const noexcept { return step_.index() != 0; }

  /// For the block of C that begins at (i, j) and lies at c.
  void run(T* c, std::size_t c_stride, std::size_t i, std::size_t j, std::size_t rows,
           std::size_t cols) const {
    const auto run_step = [&](const auto& step) {
      if constexpr (!std::is_same_v<decltype(step), const std::monostate&>)
        for_rows_of(step, stride_, c, c_stride, i, j, rows, cols);
    };
    std::visit(run_step, step_);
  }

 private:
  std::variant<std::monostate, map_step<T>, derivative_step<T>, update_step<T>> step_;
  std::size_t stride_;
};

}  // namespace twinpath::inline v0::detail
