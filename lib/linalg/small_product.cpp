// SPDX-License-Identifier: MIT
#include "linalg/small_product.hpp"

#include "linalg/row_of_tiles.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// What a small product stores, apart from the sums.
template <class T>
struct store_operands {
  const matrix_view<T>& C;
  const epilogue<T>& end;
  const T* bias;
  const matrix_view<const T>& mask;
};

template <class T>
[[gnu::always_inline]] inline const micro_kernels<T>& kernels_for(const kernel_table<T>& table,
                                                                  const operand<T>& A) {
  return table.products[static_cast<std::size_t>(A.is_transposed() ? a_layout::columns : a_layout::rows)];
}

/// The tile at the upper left.
template <class T>
[[gnu::always_inline]] inline void set_first(tile<T>& t, const operand<T>& A, const T* b,
                                             std::size_t b_stride, const store_operands<T>& out) {
  t.k = A.cols();
  t.a = A.view().data();
  t.a_stride = A.view().stride();
  t.b = b;
  t.b_stride = b_stride;
  t.slice = nullptr;
  t.total = nullptr;
  t.ahead = nullptr;
  t.end = &out.end;
  t.c = out.C.data();
  t.c_stride = out.C.stride();
  t.bias = out.bias == nullptr ? t.c : out.bias;
  t.mask = out.mask.data() == nullptr ? t.c : out.mask.data();
  t.mask_stride = out.mask.stride();
}

/// All of C is one row of tiles.
template <class T>
[[gnu::always_inline]] inline void multiply_row(const kernel_table<T>& table, const operand<T>& A,
                                                const operand<T>& B, const store_operands<T>& out) {
  tile<T> t;
  set_first(t, A, B.view().data(), B.view().stride(), out);
  const micro_kernels<T>& kernels = kernels_for(table, A);
  const std::size_t rows = out.C.rows();
  if (B.is_transposed()) return multiply_row_of_transposed_tiles(kernels, table.width, t, rows, out.C.cols());
  multiply_row_of_tiles(kernels, table.width, kernels.widest[rows - 1], t, rows, out.C.cols(),
                        b_layout::in_place);
}

template <class T>
[[gnu::noinline]] void multiply_rows(const kernel_table<T>& table, const operand<T>& A, const T* b,
                                     std::size_t b_stride, const store_operands<T>& out) {
  const micro_kernels<T>& kernels = kernels_for(table, A);
  const tile_choice tallest = choose_tile(table, out.C.rows(), out.C.cols());
  tile<T> first;
  set_first(first, A, b, b_stride, out);
  for_row_tiles(0, out.C.rows(), tallest.rows, [&](std::size_t i, std::size_t rows) {
    tile<T> t = first;
    t.a += A.is_transposed() ? i : i * t.a_stride;
    t.c += i * t.c_stride;
    if (out.bias == nullptr) t.bias = t.c;
    t.mask = out.mask.data() == nullptr ? t.c : t.mask + i * t.mask_stride;
    multiply_row_of_tiles(kernels, table.width, tallest.vectors, t, rows, out.C.cols(), b_layout::in_place);
  });
}

template <class T>
[[gnu::noinline]] void multiply_rows_transposed(const kernel_table<T>& table, const operand<T>& A,
                                                const operand<T>& B, const store_operands<T>& out) {
  alignas(64) T b[small_b];
  const std::size_t n = out.C.cols();
  const std::size_t padded = round_up(n, table.width);
  table.pack_rows(B.view().data(), B.view().stride(), n, A.cols(), b, padded);
  multiply_rows(table, A, b, padded, out);
}

}  // namespace

template <class T>
void multiply_small(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                    const matrix_view<T>& C, const epilogue<T>& end, const T* bias,
                    const matrix_view<const T>& mask) {
  if (C.empty()) return;
  const store_operands<T> out{C, end, bias, mask};
  if (C.rows() <= table.tile_rows) return multiply_row(table, A, B, out);
  if (B.is_transposed()) return multiply_rows_transposed(table, A, B, out);
  multiply_rows(table, A, B.view().data(), B.view().stride(), out);
}

template void multiply_small(const kernel_table<float>&, const operand<float>&, const operand<float>&,
                             const matrix_view<float>&, const epilogue<float>&, const float*,
                             const matrix_view<const float>&);
template void multiply_small(const kernel_table<double>&, const operand<double>&, const operand<double>&,
                             const matrix_view<double>&, const epilogue<double>&, const double*,
                             const matrix_view<const double>&);

}  // namespace twinpath::inline v0::detail
