// SPDX-License-Identifier: MIT
#include "gemm/transposed.hpp"

#include <algorithm>

#include "gemm/blocked.hpp"
#include "gemm/direct.hpp"
#include "runtime/cache.hpp"
#include "runtime/parallel.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Most rows of a C with few columns in a block: its transpose stays in the L1 cache.
constexpr std::size_t most_rows = 256;
/// Most columns of a C with few rows in a block: each block packs op(A)^T again.
constexpr std::size_t most_columns = 512;

/// op(B)^T * op(A)^T for a block of C.
product_shape inner_shape(const product_shape& s, std::size_t rows, std::size_t columns) {
  return {columns, rows, s.k, !s.b_transposed, !s.a_transposed, s.b_aliases, s.a_aliases};
}

struct block {
  std::size_t i, rows, j, columns;
};

template <class T>
product<T> inner_product(const product<T>& x, const block& c, T* sums, std::size_t stride) {
  return {rows_of(transposed(x.B), c.j, c.columns),
          transposed(rows_of(x.A, c.i, c.rows)),
          matrix_view<T>(sums, c.columns, c.rows, stride),
          {},
          nullptr,
          {}};
}

template <class T>
void multiply_turned(const kernel_table<T>& table, const product<T>& x, T* scratch, span_label label) {
  const product_shape shape = x.shape();
  if (!is_row_of_tiles(table, shape, epilogue_op::store))
    return run_blocked(table, plan_product(table, shape, epilogue_op::store, 1), x, scratch, label);
  const span_scope span(label, [&] { return span_shape{shape.m, shape.n, shape.k}; });
  multiply_small(table, x.A, x.B, x.C, x.finish, x.bias, x.mask);
}

}  // namespace

template <class T>
narrow_plan plan_narrow(const kernel_table<T>& table, const product_shape& shape, std::size_t threads) {
  narrow_plan p;
  p.shape = shape;
  p.workers = product_workers(shape, threads);
  p.block_rows = round_up(shape.m, table.width);
  p.block_columns = shape.n;
  const std::size_t w = table.width;
  if (has_few_rows(table, shape)) {
    const std::size_t blocks = round_up(divide_up(shape.n, most_columns), p.workers);
    p.block_columns = divide_up(shape.n, blocks);
  } else {
    p.workers = std::min(p.workers, std::max<std::size_t>(1, shape.m / (2 * w)));
    const std::size_t blocks = round_up(divide_up(shape.m, most_rows), p.workers);
    p.block_rows = round_up(divide_up(shape.m, blocks), w);
  }
  p.gap = gap_between<T>(p.workers);
  p.sums = round_up(p.block_columns * p.block_rows, 16);
  // The last block of rows or columns may be smaller, and planned otherwise.
  const std::size_t last_rows = shape.m - (p.row_blocks() - 1) * p.block_rows;
  const std::size_t last_columns = shape.n - (p.column_blocks() - 1) * p.block_columns;
  const auto want = [&](std::size_t rows, std::size_t columns) {
    const product_shape inner = inner_shape(shape, rows, columns);
    if (is_row_of_tiles(table, inner, epilogue_op::store)) return;
    p.inner = std::max(p.inner, plan_product(table, inner, epilogue_op::store, 1).scratch());
  };
  want(last_rows, last_columns);
  if (p.row_blocks() > 1) want(p.block_rows, p.block_columns);
  if (p.column_blocks() > 1) want(last_rows, p.block_columns);
  p.inner = round_up(p.inner, 16);
  return p;
}

template <class T>
void run_narrow(const kernel_table<T>& table, const narrow_plan& plan, const product<T>& x, T* scratch,
                span_label label) {
  const std::size_t row_blocks = plan.row_blocks();
  run_tasks(plan.workers, row_blocks * plan.column_blocks(), [&](std::size_t worker, std::size_t task) {
    block c{task % row_blocks * plan.block_rows, 0, task / row_blocks * plan.block_columns, 0};
    c.rows = std::min(plan.block_rows, plan.shape.m - c.i);
    c.columns = std::min(plan.block_columns, plan.shape.n - c.j);
    T* sums = scratch + worker * plan.worker_scratch() + plan.gap;
    const span_scope span(label, [&] { return span_shape{c.rows, c.columns, plan.shape.k}; });
    // One column without gaps is its own transpose.
    const bool straight = plan.shape.n == 1 && x.C.stride() == 1 && x.finish.op == epilogue_op::store;
    const product<T> inner = inner_product(x, c, straight ? x.C.row(c.i).data() : sums, plan.block_rows);
    multiply_turned(table, inner, sums + plan.sums, label.inside(span_part::transposed));
    if (straight) {
      if (x.after.function != nullptr) x.after.run(x.C.row(c.i).data(), 1, c.i, 0, c.rows, 1);
      return;
    }
    const span_scope turned_back(label.inside(span_part::finish));
    for (std::size_t i = 0; i < c.rows; i += table.width) {
      T* out = x.C.row(c.i + i).data() + c.j;
      const T* bias = x.bias == nullptr ? out : x.bias + c.j;
      const T* mask = x.mask.data() == nullptr ? out : x.mask.row(c.i + i).data() + c.j;
      table.finish_columns(sums + i, plan.block_rows, std::min(table.width, c.rows - i), c.columns, x.finish,
                           bias, mask, x.mask.stride(), out, x.C.stride());
      if (x.after.function != nullptr)
        x.after.run(out, x.C.stride(), c.i + i, c.j, std::min(table.width, c.rows - i), c.columns);
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
