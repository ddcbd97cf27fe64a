// SPDX-License-Identifier: MIT
#include "linalg/narrow_product.hpp"

#include <algorithm>

#include "linalg/blocked_product.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Most rows of C in a block: its transpose stays in the L1 cache.
constexpr std::size_t block_limit = 256;

/// op(B)^T * op(A)^T for `rows` rows of C.
product_shape inner_shape(const product_shape& s, std::size_t rows) {
  return {s.n, rows, s.k, !s.b_transposed, !s.a_transposed, s.b_aliases, s.a_aliases};
}

template <class T>
product<T> inner_product(const product<T>& x, std::size_t i, std::size_t rows, T* sums, std::size_t stride) {
  const matrix_view<const T>& a = x.A.view();
  const bool stored_by_k = x.A.is_transposed();
  const matrix_view<const T> part =
      stored_by_k ? a.block(0, i, a.rows(), rows) : a.block(i, 0, rows, a.cols());
  return {transposed(x.B),
          operand<T>(part, !stored_by_k),
          matrix_view<T>(sums, x.C.cols(), rows, stride),
          {},
          nullptr,
          {}};
}

}  // namespace

template <class T>
narrow_plan plan_narrow(const kernel_table<T>& table, const product_shape& shape, std::size_t threads) {
  narrow_plan p;
  p.shape = shape;
  p.workers = useful_workers(multiply_adds(shape), task_work, threads);
  const std::size_t most = std::max<std::size_t>(1, shape.m / (2 * table.width));
  p.workers = std::min(p.workers, most);
  p.blocks = round_up(divide_up(shape.m, block_limit), p.workers);
  p.block = round_up(divide_up(shape.m, p.blocks), table.width);
  p.blocks = divide_up(shape.m, p.block);
  p.sums = round_up(shape.n * p.block, 16);
  const std::size_t last = shape.m - (p.blocks - 1) * p.block;
  for (const std::size_t rows : {p.block, last}) {
    p.inner = std::max(p.inner, plan_product(table, inner_shape(shape, rows), finish::store, 1).scratch());
  }
  p.inner = round_up(p.inner, 16);
  return p;
}

template <class T>
void run_narrow(const kernel_table<T>& table, const narrow_plan& plan, const product<T>& x, T* scratch,
                span_label label) {
  const std::size_t n = x.C.cols();
  run_tasks(plan.workers, plan.blocks, [&](std::size_t worker, std::size_t task) {
    const std::size_t i0 = task * plan.block;
    const std::size_t rows = std::min(plan.block, plan.shape.m - i0);
    T* sums = scratch + worker * (plan.sums + plan.inner);
    const product<T> inner = inner_product(x, i0, rows, sums, plan.block);
    run_blocked(table, plan_product(table, inner.shape(), finish::store, 1), inner, sums + plan.sums, label);
    for (std::size_t i = 0; i < rows; i += table.width) {
      T* c = x.C.row(i0 + i).data();
      const T* bias = x.bias == nullptr ? c : x.bias;
      const T* mask = x.mask.data() == nullptr ? c : x.mask.row(i0 + i).data();
      table.finish_columns(sums + i, plan.block, std::min(table.width, rows - i), n, x.end, bias, mask,
                           x.mask.stride(), c, x.C.stride());
    }
  });
}

template narrow_plan plan_narrow(const kernel_table<float>&, const product_shape&, std::size_t);
template narrow_plan plan_narrow(const kernel_table<double>&, const product_shape&, std::size_t);
template void run_narrow(const kernel_table<float>&, const narrow_plan&, const product<float>&, float*,
                         span_label);
template void run_narrow(const kernel_table<double>&, const narrow_plan&, const product<double>&, double*,
                         span_label);

}  // namespace twinpath::inline v0::detail
