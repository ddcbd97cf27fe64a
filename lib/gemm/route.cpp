// SPDX-License-Identifier: MIT
#include "gemm/route.hpp"

#include "gemm/blocked.hpp"
#include "runtime/parallel.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {

constinit std::atomic<void (*)(const product_route&, const product_shape&, epilogue_op)> before_product{
    nullptr};

std::size_t available_threads(const product_shape& shape) noexcept {
  return product_workers(shape, 2) > 1 ? concurrency() : 1;
}

template <class T>
product_route route_product(const kernel_table<T>& table, const product_shape& shape, epilogue_op op,
                            std::size_t threads) {
  product_route route;
  route.shape = shape;
  route.op = op;
  if (shape.m == 0 || shape.n == 0) return route;
  route.path = choose_path(table, shape, op, threads);
  if (route.path == product_path::transposed) {
    route.transposed = plan_transposed(table, shape, threads);
  } else if (route.path == product_path::blocked) {
    route.blocked = plan_blocked(table, shape, op, threads);
  }
  return route;
}

template <class T>
void run_product(const kernel_table<T>& table, const product_route& route, const product<T>& x, T* scratch,
                 span_label label) {
  if (const auto check = before_product.load(std::memory_order_relaxed); check != nullptr) [[unlikely]]
    check(route, x.shape(), x.finish.op);
  switch (route.path) {
    case product_path::direct: {
      const span_scope span(label, [&] { return span_shape{x.C.rows(), x.C.cols(), x.A.cols()}; });
      // A C without elements may have rows, a stride and no address.
      if (x.C.empty()) return;
      multiply_direct(table, x.A, x.B, x.C, x.finish, x.bias, x.mask);
      if (x.after) x.after.run(x.C.data(), x.C.stride(), 0, 0, x.C.rows(), x.C.cols());
      return;
    }
    case product_path::transposed:
      return run_transposed(table, route.transposed, x, scratch, label);
    case product_path::blocked:
      return run_blocked(table, route.blocked, x, scratch, label);
  }
}

template <class T>
void run_product(const product<T>& x, span_label label) {
  const kernel_table<T>& table = kernels<T>();
  const product_shape shape = x.shape();
  const product_route route = route_product(table, shape, x.finish.op, available_threads(shape));
  scratch_frame scratch;
  T* memory = route.scratch() == 0 ? nullptr : scratch.allocate<T>(route.scratch());
  if (route.workers() == 1) return run_product(table, route, x, memory, label);
  isolated([&] { run_product(table, route, x, memory, label); });
}

template product_route route_product(const kernel_table<float>&, const product_shape&, epilogue_op,
                                     std::size_t);
template product_route route_product(const kernel_table<double>&, const product_shape&, epilogue_op,
                                     std::size_t);
template void run_product(const kernel_table<float>&, const product_route&, const product<float>&, float*,
                          span_label);
template void run_product(const kernel_table<double>&, const product_route&, const product<double>&, double*,
                          span_label);
template void run_product(const product<float>&, span_label);
template void run_product(const product<double>&, span_label);

}  // namespace twinpath::inline v0::detail
