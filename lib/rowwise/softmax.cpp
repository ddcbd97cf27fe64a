// SPDX-License-Identifier: MIT
#include <twinpath/softmax.hpp>

#include "kernels/kernel_table.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
void checked_softmax(matrix_view<const T> Z, matrix_view<T> P) {
  check_shape("softmax", "P", P, Z.rows(), Z.cols());
  check_same_or_disjoint("softmax", "P", P, "Z", Z);
  softmax<T>(Z, P);
}

}  // namespace

template <class T>
void softmax(matrix_view<const T> Z, matrix_view<T> P) {
  for_row_parts(Z.rows(), exponential_cost * Z.cols() * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span({"softmax"});
    kernels<T>().softmax(Z.data() + first * Z.stride(), Z.stride(), P.data() + first * P.stride(), P.stride(),
                         last - first, Z.cols());
  });
}

template void softmax(matrix_view<const float>, matrix_view<float>);
template void softmax(matrix_view<const double>, matrix_view<double>);

}  // namespace detail

void softmax(matrix_view<const float> Z, matrix_view<float> P) {
  detail::checked_softmax(Z, P);
}
void softmax(matrix_view<const double> Z, matrix_view<double> P) {
  detail::checked_softmax(Z, P);
}

}  // namespace twinpath::inline v0
