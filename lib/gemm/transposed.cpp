// SPDX-License-Identifier: MIT
#include "gemm/transposed.hpp"

#include <algorithm>

#include "gemm/blocked.hpp"
#include "gemm/direct.hpp"
#include "gemm/route.hpp"
#include "runtime/cache.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Most rows of a block of a C with few columns: its transpose stays in the L1 cache.
constexpr std::size_t most_rows = 256;
/// Most columns of a block of a C with few rows: each block packs op(A)^T again.
constexpr std::size_t most_columns = 512;
/// Least vectors along the rows of C for each worker.
constexpr std::size_t least_vectors = 2;

/// A block of C.
struct c_block {
  std::size_t i, rows, j, columns;
};

/// op(B)^T * op(A)^T for a block of C, as it is planned and computed. Whether vectors of its second factor
/// straddle lines makes no difference: that is packed if it is transposed, and few rows of tiles read it
/// otherwise.
product_shape inner_shape(const product_shape& s, std::size_t rows, std::size_t columns) {
  return {columns, rows, s.k, !s.b_transposed, !s.a_transposed, s.b_aliases, s.a_aliases};
}
template <class T>
product<T> inner_product(const product<T>& x, const c_block& c, T* sums, std::size_t stride) {
  return {rows_of(transposed(x.B), c.j, c.columns),
          transposed(rows_of(x.A, c.i, c.rows)),
          matrix_view<T>(sums, c.columns, c.rows, stride),
          {},
          nullptr,
          {}};
}

template <class T>
void multiply_transposed(const kernel_table<T>& table, const product_shape& shape, const product<T>& x,
                         T* scratch, span_label label) {
  if (choose_inner_path(table, shape) == product_path::blocked)
    return run_blocked(table, plan_blocked(table, shape, epilogue_op::store, 1), x, scratch, label);
  const span_scope span(label, [&] { return span_shape{shape.m, shape.n, shape.k}; });
  multiply_direct(table, x.A, x.B, x.C, x.finish, x.bias, x.mask);
}

/// Transposes the sums of a block back and finishes them, a vector along the rows of C after the other.
template <class T>
void store_block(const kernel_table<T>& table, const product<T>& x, const c_block& c, const T* sums,
                 std::size_t stride) {
  for (std::size_t i = 0; i < c.rows; i += table.width) {
    const std::size_t rows = std::min(table.width, c.rows - i);
    T* out = x.C.row(c.i + i).data() + c.j;
    const epilogue_operands<T> e = epilogue_operands_at<T>(x.bias, x.mask, c.i + i, c.j, out);
    table.finish_columns(sums + i, stride, rows, c.columns, x.finish, e.bias, e.mask, x.mask.stride(), out,
                         x.C.stride());
    if (x.after) x.after.run(out, x.C.stride(), c.i + i, c.j, rows, c.columns);
  }
}

}  // namespace

template <class T>
transposed_plan plan_transposed(const kernel_table<T>& table, const product_shape& shape, std::size_t threads,
                                std::optional<std::size_t> forced_workers) {
  transposed_plan p;
  p.shape = shape;
  p.workers = product_workers(shape, threads);
  p.block_rows = round_up(shape.m, table.width);
  p.block_columns = shape.n;
  const std::size_t w = table.width;
  if (has_few_rows(table, shape)) {
    if (forced_workers) p.workers = *forced_workers;
    const std::size_t blocks = round_up(divide_up(shape.n, most_columns), p.workers);
    p.block_columns = divide_up(shape.n, blocks);
  } else {
    p.workers = std::min(p.workers, std::max<std::size_t>(1, shape.m / (least_vectors * w)));
    if (forced_workers) p.workers = *forced_workers;
    const std::size_t blocks = round_up(divide_up(shape.m, most_rows), p.workers);
    p.block_rows = round_up(divide_up(shape.m, blocks), w);
  }
  p.gap = gap_between<T>(p.workers);
  p.sums = round_up(p.block_columns * p.block_rows, 16);
  // The last block of rows or columns may be smaller and have a plan of its own.
  const std::size_t last_rows = shape.m - (p.row_blocks() - 1) * p.block_rows;
  const std::size_t last_columns = shape.n - (p.column_blocks() - 1) * p.block_columns;
  const auto reserve = [&](std::size_t rows, std::size_t columns) {
    const product_shape inner = inner_shape(shape, rows, columns);
    if (choose_inner_path(table, inner) == product_path::direct) return;
    p.inner = std::max(p.inner, plan_blocked(table, inner, epilogue_op::store, 1).scratch());
  };
  reserve(last_rows, last_columns);
  if (p.row_blocks() > 1) reserve(p.block_rows, p.block_columns);
  if (p.column_blocks() > 1) reserve(last_rows, p.block_columns);
  p.inner = round_up(p.inner, 16);
  return p;
}

template <class T>
void run_transposed(const kernel_table<T>& table, const transposed_plan& plan, const product<T>& x,
                    T* scratch, span_label label) {
  const std::size_t row_blocks = plan.row_blocks();
  run_tasks(plan.workers, row_blocks * plan.column_blocks(), [&](std::size_t worker, std::size_t task) {
    c_block c{task % row_blocks * plan.block_rows, 0, task / row_blocks * plan.block_columns, 0};
    c.rows = std::min(plan.block_rows, plan.shape.m - c.i);
    c.columns = std::min(plan.block_columns, plan.shape.n - c.j);
    T* sums = scratch + worker * plan.worker_scratch() + plan.gap;
    const span_scope span(label, [&] { return span_shape{c.rows, c.columns, plan.shape.k}; });
    // One column without gaps is its own transpose.
    const bool straight = plan.shape.n == 1 && x.C.stride() == 1 && x.finish.op == epilogue_op::store;
    const product<T> inner = inner_product(x, c, straight ? x.C.row(c.i).data() : sums, plan.block_rows);
    multiply_transposed(table, inner_shape(plan.shape, c.rows, c.columns), inner, sums + plan.sums,
                        label.inside(span_part::transposed));
    if (straight) {
      if (x.after) x.after.run(x.C.row(c.i).data(), 1, c.i, 0, c.rows, 1);
      return;
    }
    const span_scope finishing(label.inside(span_part::finish));
    store_block(table, x, c, sums, plan.block_rows);
  });
}

template transposed_plan plan_transposed(const kernel_table<float>&, const product_shape&, std::size_t,
                                         std::optional<std::size_t>);
template transposed_plan plan_transposed(const kernel_table<double>&, const product_shape&, std::size_t,
                                         std::optional<std::size_t>);
template void run_transposed(const kernel_table<float>&, const transposed_plan&, const product<float>&,
                             float*, span_label);
template void run_transposed(const kernel_table<double>&, const transposed_plan&, const product<double>&,
                             double*, span_label);

}  // namespace twinpath::inline v0::detail
