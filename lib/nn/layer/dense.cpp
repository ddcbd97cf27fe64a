// SPDX-License-Identifier: MIT
// The public functions of a dense layer: checks, then nn/layer/layer.hpp.
#include <twinpath/dense.hpp>

#include "nn/layer/layer.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
void checked_forward(matrix_view<const T> X, matrix_view<const T> W, std::span<const T> b, activation f,
                     matrix_view<T> A, matrix_view<T> Z) {
  constexpr const char* function = "dense_forward";
  check_option(function, f);
  check_shape(function, "W", W, X.cols(), A.cols());
  check_shape(function, "A", A, X.rows(), W.cols());
  check_size(function, "b", b, W.cols());
  check_disjoint(function, "A", A, "X", X);
  check_disjoint(function, "A", A, "W", W);
  check_disjoint(function, "A", A, "b", b);
  const kernel_table<T>& table = kernels<T>();
  if (is_given(Z)) {
    check_shape(function, "Z", Z, X.rows(), W.cols());
    check_disjoint(function, "Z", Z, "X", X);
    check_disjoint(function, "Z", Z, "W", W);
    check_disjoint(function, "Z", Z, "b", b);
    check_disjoint(function, "A", A, "Z", Z);
    return run_product(forward_product(table, X, W, b.data(), f, A, Z), {"Z"});
  }
  run_product(forward_product(table, X, W, b.data(), f, A), {"Z"});
}

template <class T>
void check_parameter_path(const char* function, const backward_operands<T>& x) {
  check_shape(function, "dZ", x.dZ, x.A.rows(), x.dZ.cols());
  check_shape(function, "dW", x.dW, x.A.cols(), x.dZ.cols());
  check_size(function, "db", x.db, x.dZ.cols());
  check_disjoint(function, "dW", x.dW, "A", x.A);
  check_disjoint(function, "dW", x.dW, "dZ", x.dZ);
  check_disjoint(function, "db", x.db, "A", x.A);
  check_disjoint(function, "db", x.db, "dZ", x.dZ);
  check_disjoint(function, "dW", x.dW, "db", x.db);
}

template <class T>
void check_backprop_path(const char* function, const backward_operands<T>& x) {
  check_option(function, x.f);
  const char* const kept = keeps_scores(x.f) ? "Z" : "A";
  check_shape(function, "W", x.W, x.kept.cols(), x.dZ.cols());
  check_shape(function, "dZ", x.dZ, x.kept.rows(), x.W.cols());
  check_shape(function, "dZ_below", x.dZ_below, x.kept.rows(), x.kept.cols());
  check_disjoint(function, "dZ_below", x.dZ_below, "dZ", x.dZ);
  check_disjoint(function, "dZ_below", x.dZ_below, "W", x.W);
  check_disjoint(function, "dZ_below", x.dZ_below, kept, x.kept);
}

template <class T>
void checked_parameter_path(const backward_operands<T>& x) {
  check_parameter_path("parameter_path", x);
  run_parameter_path(x);
}

template <class T>
void checked_backprop_path(const backward_operands<T>& x) {
  check_backprop_path("backprop_path", x);
  run_backprop_path(x);
}

template <class T>
void checked_backward(schedule how, const backward_operands<T>& x) {
  constexpr const char* function = "backward";
  check_option(function, how);
  check_parameter_path(function, x);
  if (keeps_scores(x.f)) check_shape(function, "Z", x.kept, x.A.rows(), x.A.cols());
  check_backprop_path(function, x);
  check_disjoint(function, "dZ_below", x.dZ_below, "A", x.A);
  check_disjoint(function, "dW", x.dW, "Z", x.kept);
  check_disjoint(function, "db", x.db, "Z", x.kept);
  check_disjoint(function, "dW", x.dW, "W", x.W);
  check_disjoint(function, "db", x.db, "W", x.W);
  check_disjoint(function, "dW", x.dW, "dZ_below", x.dZ_below);
  check_disjoint(function, "db", x.db, "dZ_below", x.dZ_below);
  run_backward(how, x);
}

}  // namespace
}  // namespace detail

void dense_forward(matrix_view<const float> X, matrix_view<const float> W, std::span<const float> b,
                   activation f, matrix_view<float> A, matrix_view<float> Z) {
  detail::checked_forward(X, W, b, f, A, Z);
}
void dense_forward(matrix_view<const double> X, matrix_view<const double> W, std::span<const double> b,
                   activation f, matrix_view<double> A, matrix_view<double> Z) {
  detail::checked_forward(X, W, b, f, A, Z);
}

void parameter_path(matrix_view<const float> A, matrix_view<const float> dZ, matrix_view<float> dW,
                    std::span<float> db) {
  detail::checked_parameter_path<float>({.A = A, .dZ = dZ, .dW = dW, .db = db});
}
void parameter_path(matrix_view<const double> A, matrix_view<const double> dZ, matrix_view<double> dW,
                    std::span<double> db) {
  detail::checked_parameter_path<double>({.A = A, .dZ = dZ, .dW = dW, .db = db});
}

void backprop_path(matrix_view<const float> dZ, matrix_view<const float> W, matrix_view<const float> kept,
                   matrix_view<float> dZ_below, activation f) {
  detail::checked_backprop_path<float>({.dZ = dZ, .W = W, .dZ_below = dZ_below, .f = f, .kept = kept});
}
void backprop_path(matrix_view<const double> dZ, matrix_view<const double> W, matrix_view<const double> kept,
                   matrix_view<double> dZ_below, activation f) {
  detail::checked_backprop_path<double>({.dZ = dZ, .W = W, .dZ_below = dZ_below, .f = f, .kept = kept});
}

void backward(schedule how, matrix_view<const float> A, matrix_view<const float> dZ,
              matrix_view<const float> W, matrix_view<float> dW, std::span<float> db,
              matrix_view<float> dZ_below, activation f, matrix_view<const float> Z) {
  detail::checked_backward<float>(how, {A, dZ, W, dW, db, dZ_below, f, keeps_scores(f) ? Z : A});
}
void backward(schedule how, matrix_view<const double> A, matrix_view<const double> dZ,
              matrix_view<const double> W, matrix_view<double> dW, std::span<double> db,
              matrix_view<double> dZ_below, activation f, matrix_view<const double> Z) {
  detail::checked_backward<double>(how, {A, dZ, W, dW, db, dZ_below, f, keeps_scores(f) ? Z : A});
}

}  // namespace twinpath::inline v0
