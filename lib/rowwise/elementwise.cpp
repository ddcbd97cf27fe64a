// SPDX-License-Identifier: MIT
#include <twinpath/activation.hpp>
#include <twinpath/elementwise.hpp>

#include "kernels/after_store.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

/// Y = kernel(X). `input` and `output` are the names of the two in messages; an element costs as much as
/// moving so many.
template <class T>
void apply(const char* function, element_function<T> kernel, std::size_t cost, const char* input,
           matrix_view<const T> X, const char* output, matrix_view<T> Y) {
  check_shape(function, output, Y, X.rows(), X.cols());
  check_same_or_disjoint(function, output, Y, input, X);
  if (X.empty()) return;
  const after_store<T> over(kernel, Y.data(), Y.stride());
  const auto run = [&](std::size_t i, std::size_t j, std::size_t rows, std::size_t cols) {
    const span_scope span({function});
    // Of its first operand the kernel is a reader.
    over.run(const_cast<T*>(X.data()) + i * X.stride() + j, X.stride(), i, j, rows, cols);
  };
  if (X.stride() == X.cols() && Y.stride() == Y.cols()) {
    return for_element_parts(X.rows() * X.cols(), cost * sizeof(T),
                             [&](std::size_t begin, std::size_t end) { run(0, begin, 1, end - begin); });
  }
  for_row_parts(X.rows(), cost * X.cols() * sizeof(T),
                [&](std::size_t first, std::size_t last) { run(first, 0, last - first, X.cols()); });
}

constexpr std::size_t moved = 2;  // an element read and one written
constexpr std::size_t computed = 2 * exponential_cost;

template <class T>
void apply(const char* function, element_function<T> kernel, std::size_t cost, matrix_view<const T> X,
           matrix_view<T> Y) {
  apply(function, kernel, cost, "X", X, "Y", Y);
}

template <class T>
void activate(activation f, matrix_view<const T> Z, matrix_view<T> A) {
  check_option("activate", f);
  const bool light = f == activation::identity || f == activation::relu || f == activation::leaky_relu;
  apply("activate", kernels<T>().activate[f], light ? moved : computed, "Z", Z, "A", A);
}

}  // namespace
}  // namespace detail

void activate(activation f, matrix_view<const float> Z, matrix_view<float> A) {
  detail::activate(f, Z, A);
}
void activate(activation f, matrix_view<const double> Z, matrix_view<double> A) {
  detail::activate(f, Z, A);
}
void relu(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("relu", detail::kernels<float>().activate[activation::relu], detail::moved, X, Y);
}
void relu(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("relu", detail::kernels<double>().activate[activation::relu], detail::moved, X, Y);
}
void exp(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("exp", detail::kernels<float>().exp, detail::computed, X, Y);
}
void exp(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("exp", detail::kernels<double>().exp, detail::computed, X, Y);
}
void log(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("log", detail::kernels<float>().log, detail::computed, X, Y);
}
void log(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("log", detail::kernels<double>().log, detail::computed, X, Y);
}
void tanh(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("tanh", detail::kernels<float>().activate[activation::tanh], detail::computed, X, Y);
}
void tanh(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("tanh", detail::kernels<double>().activate[activation::tanh], detail::computed, X, Y);
}
void erf(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("erf", detail::kernels<float>().erf, detail::computed, X, Y);
}
void erf(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("erf", detail::kernels<double>().erf, detail::computed, X, Y);
}
void sigmoid(matrix_view<const float> X, matrix_view<float> Y) {
  detail::apply("sigmoid", detail::kernels<float>().activate[activation::sigmoid], detail::computed, X, Y);
}
void sigmoid(matrix_view<const double> X, matrix_view<double> Y) {
  detail::apply("sigmoid", detail::kernels<double>().activate[activation::sigmoid], detail::computed, X, Y);
}

}  // namespace twinpath::inline v0
