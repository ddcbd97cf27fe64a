// SPDX-License-Identifier: MIT
#include "nn/layer/layer.hpp"

#include "rowwise/row_operations.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
product<T> weight_gradient(const backward_operands<T>& x) {
  return {transposed(x.A), x.dZ, x.dW, {}, nullptr, {}};
}

template <class T>
product<T> error_below(const backward_operands<T>& x) {
  return backprop_product(kernels<T>(), x.dZ, x.W, x.f, x.kept, x.dZ_below);
}

/// The caller allocates the scratch memory of both paths: a worker that joins late must not allocate.
template <class T>
void run_concurrently(const backward_operands<T>& x, std::size_t threads) {
  const kernel_table<T>& table = kernels<T>();
  const product<T> parameter = weight_gradient(x);
  const product<T> backprop = error_below(x);
  const std::size_t share = fork_share(threads);
  const product_route parameter_route = route_product(table, parameter.shape(), parameter.finish.op, share);
  const product_route backprop_route = route_product(table, backprop.shape(), backprop.finish.op, share);
  scratch_frame scratch;
  T* parameter_memory = scratch.allocate<T>(parameter_route.scratch());
  T* backprop_memory = scratch.allocate<T>(backprop_route.scratch());
  T* sums_memory = scratch.allocate<T>(column_sums_scratch<T>(x.dZ.rows(), x.dZ.cols()));
  isolated([&] {
    run_both(
        [&] {
          run_product(table, parameter_route, parameter, parameter_memory, {"dW"});
          column_sums(x.dZ, x.db.data(), sums_memory, {"db"});
        },
        [&] { run_product(table, backprop_route, backprop, backprop_memory, {"dZ"}); });
  });
}

}  // namespace

template <class T>
void run_parameter_path(const backward_operands<T>& x) {
  run_product(weight_gradient(x), {"dW"});
  column_sums(x.dZ, x.db.data(), {"db"});
}

template <class T>
void run_backprop_path(const backward_operands<T>& x) {
  run_product(error_below(x), {"dZ"});
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

template void run_parameter_path(const backward_operands<float>&);
template void run_parameter_path(const backward_operands<double>&);
template void run_backprop_path(const backward_operands<float>&);
template void run_backprop_path(const backward_operands<double>&);
template void run_backward(schedule, const backward_operands<float>&);
template void run_backward(schedule, const backward_operands<double>&);

}  // namespace twinpath::inline v0::detail
