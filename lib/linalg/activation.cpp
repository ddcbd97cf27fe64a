// SPDX-License-Identifier: MIT
#include <twinpath/activation.hpp>

#include "linalg/after_store.hpp"
#include "linalg/checks.hpp"
#include "linalg/row_operations.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
void checked_activate(activation f, matrix_view<const T> Z, matrix_view<T> A) {
  check_shape("activate", "A", A, Z.rows(), Z.cols());
  check_same_or_apart("activate", "A", A, "Z", Z);
  const kernel_table<T>& table = kernels<T>();
  const std::size_t cost = f == activation::relu || f == activation::identity ? 2 : 2 * exponential_cost;
  const auto run = [&](std::size_t first, std::size_t rows, std::size_t begin, std::size_t columns) {
    const span_scope span({"activate"});
    after_store<T> over{table.activate[f]};
    over.x = A.data();
    over.stride = A.stride();
    // The kernel reads its first operand alone.
    over.run(const_cast<T*>(Z.data()) + first * Z.stride() + begin, Z.stride(), first, begin, rows, columns);
  };
  if (Z.empty()) return;
  if (Z.stride() == Z.cols() && A.stride() == A.cols()) {
    return for_element_parts(Z.rows() * Z.cols(), cost * sizeof(T),
                             [&](std::size_t begin, std::size_t end) { run(0, 1, begin, end - begin); });
  }
  for_row_parts(Z.rows(), cost * Z.cols() * sizeof(T),
                [&](std::size_t first, std::size_t last) { run(first, last - first, 0, Z.cols()); });
}

}  // namespace
}  // namespace detail

void activate(activation f, matrix_view<const float> Z, matrix_view<float> A) {
  detail::checked_activate(f, Z, A);
}
void activate(activation f, matrix_view<const double> Z, matrix_view<double> A) {
  detail::checked_activate(f, Z, A);
}

}  // namespace twinpath::inline v0
