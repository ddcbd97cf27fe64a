// SPDX-License-Identifier: MIT
#include <twinpath/elementwise.hpp>

#include "linalg/checks.hpp"
#include "linalg/kernel_table.hpp"
#include "linalg/row_operations.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
void apply(const char* function, void (*kernel)(const T*, T*, std::size_t), matrix_view<const T> X,
           matrix_view<T> Y) {
  check_shape(function, "Y", Y, X.rows(), X.cols());
  check_same_or_apart(function, "Y", Y, "X", X);
  if (X.empty()) return;
  const span_label label{function};
  if (X.stride() == X.cols() && Y.stride() == Y.cols()) {
    return for_element_parts(X.rows() * X.cols(), 2 * sizeof(T), [&](std::size_t begin, std::size_t end) {
      const span_scope span(label);
      kernel(X.data() + begin, Y.data() + begin, end - begin);
    });
  }
  for_row_parts(X.rows(), 2 * X.cols() * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span(label);
    for (std::size_t i = first; i < last; ++i) kernel(X.row(i).data(), Y.row(i).data(), X.cols());
  });
}

}  // namespace
}  // namespace detail

void relu(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("relu", detail::kernels<float>().relu, X, Y);
}
void relu(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("relu", detail::kernels<double>().relu, X, Y);
}
void exp(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("exp", detail::kernels<float>().exp, X, Y);
}
void exp(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("exp", detail::kernels<double>().exp, X, Y);
}
void log(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("log", detail::kernels<float>().log, X, Y);
}
void log(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("log", detail::kernels<double>().log, X, Y);
}
void tanh(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("tanh", detail::kernels<float>().tanh, X, Y);
}
void tanh(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("tanh", detail::kernels<double>().tanh, X, Y);
}
void erf(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("erf", detail::kernels<float>().erf, X, Y);
}
void erf(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("erf", detail::kernels<double>().erf, X, Y);
}
void sigmoid(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("sigmoid", detail::kernels<float>().sigmoid, X, Y);
}
void sigmoid(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("sigmoid", detail::kernels<double>().sigmoid, X, Y);
}

}  // namespace twinpath::inline v0
