// SPDX-License-Identifier: MIT
#include "nn/layer.hpp"

#include "linalg/product.hpp"
#include "linalg/row_operations.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
product<T> weight_gradient(const backward_operands<T>& x) {
  return {transposed(x.A), x.dZ, x.dW, {}, nullptr, {}};
}

template <class T>
product<T> error_below(const backward_operands<T>& x) {
  const bool masked = x.f == activation::relu;
  return {x.dZ,       transposed(x.W),
          x.dZ_below, {masked ? finish::mask : finish::store},
          nullptr,    masked ? x.A : matrix_view<const T>()};
}

/// The layer below the one whose error is being taken back.
unsigned below(unsigned layer) {
  return layer == 0 ? 0 : layer - 1;
}

/// The two paths are the same number of multiply-adds, so each gets half of the threads. Scratch memory of
/// both is the caller's: a worker that joins late must not allocate.
template <class T>
void run_concurrently(const backward_operands<T>& x, std::size_t threads) {
  const kernel_table<T>& table = kernels<T>();
  const product<T> parameter = weight_gradient(x);
  const product<T> backprop = error_below(x);
  const std::size_t share = (threads + 1) / 2;
  const product_route parameter_route = route_product(table, parameter.shape(), parameter.end.what, share);
  const product_route backprop_route = route_product(table, backprop.shape(), backprop.end.what, share);
  scratch_frame scratch;
  T* parameter_memory = scratch.allocate<T>(parameter_route.scratch());
  T* backprop_memory = scratch.allocate<T>(backprop_route.scratch());
  T* sums_memory = scratch.allocate<T>(column_sums_scratch<T>(x.dZ.rows(), x.dZ.cols()));
  isolated([&] {
    run_both(
        [&] {
          run_product(table, parameter_route, parameter, parameter_memory, {"dW", x.layer});
          column_sums(x.dZ, x.db.data(), sums_memory, {"db", x.layer});
        },
        [&] {
          run_product(table, backprop_route, backprop, backprop_memory, {"dZ", below(x.layer)});
        });
  });
}

}  // namespace

template <class T>
void forward(matrix_view<const T> X, matrix_view<const T> W, std::span<const T> b, activation f,
             matrix_view<T> A, unsigned layer) {
  const finish end = f == activation::relu ? finish::bias_relu : finish::bias;
  run_product<T>({X, W, A, {end}, b.data(), {}}, {"Z", layer});
}

template <class T>
void run_parameter_path(const backward_operands<T>& x) {
  run_product(weight_gradient(x), {"dW", x.layer});
  column_sums(x.dZ, x.db.data(), {"db", x.layer});
}

template <class T>
void run_backprop_path(const backward_operands<T>& x) {
  run_product(error_below(x), {"dZ", below(x.layer)});
}

template <class T>
void run_backward(schedule how, const backward_operands<T>& x) {
  if (how == schedule::automatic) {
    const bool pays = concurrency_pays<T>(x.dZ.rows(), x.A.cols(), x.dZ.cols());
    how = pays ? schedule::concurrent : schedule::sequential;
  }
  const std::size_t threads = how == schedule::concurrent ? concurrency() : 1;
  if (threads > 1) return run_concurrently(x, threads);
  run_parameter_path(x);
  run_backprop_path(x);
}

template void forward(matrix_view<const float>, matrix_view<const float>, std::span<const float>, activation,
                      matrix_view<float>, unsigned);
template void forward(matrix_view<const double>, matrix_view<const double>, std::span<const double>,
                      activation, matrix_view<double>, unsigned);
template void run_parameter_path(const backward_operands<float>&);
template void run_parameter_path(const backward_operands<double>&);
template void run_backprop_path(const backward_operands<float>&);
template void run_backprop_path(const backward_operands<double>&);
template void run_backward(schedule, const backward_operands<float>&);
template void run_backward(schedule, const backward_operands<double>&);

}  // namespace twinpath::inline v0::detail
