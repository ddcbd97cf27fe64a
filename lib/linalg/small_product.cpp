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
[[gnu::always_inline]] inline void multiply_from(const kernel_table<T>& table, const operand<T>& A,
                                                 const T* b, std::size_t b_stride, bool b_transposed,
                                                 const store_operands<T>& out) {
  const bool columns = A.is_transposed();
  const std::size_t stride = A.view().stride();
  const micro_kernels<T>& kernels =
      table.products[static_cast<std::size_t>(columns ? a_layout::columns : a_layout::rows)];
  tile<T> t;
  t.k = A.cols();
  t.a_stride = stride;
  t.slice = nullptr;
  t.total = nullptr;
  t.ahead = nullptr;
  t.end = &out.end;
  t.c_stride = out.C.stride();
  t.mask_stride = out.mask.stride();
  const tile_choice tallest = choose_tile(table, out.C.rows(), out.C.cols());
  for_row_tiles(0, out.C.rows(), tallest.rows, [&](std::size_t i, std::size_t rows) {
    t.a = A.view().data() + (columns ? i : i * stride);
    t.b = b;
    t.b_stride = b_stride;
    t.c = out.C.data() + i * out.C.stride();
    t.bias = out.bias == nullptr ? t.c : out.bias;
    t.mask = out.mask.data() == nullptr ? t.c : out.mask.data() + i * out.mask.stride();
    if (b_transposed) {
      multiply_row_of_transposed_tiles(kernels, table.width, t, rows, out.C.cols());
    } else {
      multiply_row_of_tiles(kernels, table.width, tallest.vectors, t, rows, out.C.cols(), b_layout::in_place);
    }
  });
}

/// A transposed B for several tiles of rows.
template <class T>
[[gnu::noinline]] void multiply_copied(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                                       const store_operands<T>& out) {
  alignas(64) T b[small_b];
  const std::size_t n = out.C.cols();
  const std::size_t padded = round_up(n, table.width);
  table.pack_rows(B.view().data(), B.view().stride(), n, A.cols(), b, padded);
  multiply_from(table, A, b, padded, false, out);
}

}  // namespace

template <class T>
void multiply_small(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                    const matrix_view<T>& C, const epilogue<T>& end, const T* bias,
                    const matrix_view<const T>& mask) {
  if (C.empty()) return;
  const store_operands<T> out{C, end, bias, mask};
  if (B.is_transposed() && C.rows() > table.tile_rows) return multiply_copied(table, A, B, out);
  multiply_from(table, A, B.view().data(), B.view().stride(), B.is_transposed(), out);
}

template void multiply_small(const kernel_table<float>&, const operand<float>&, const operand<float>&,
                             const matrix_view<float>&, const epilogue<float>&, const float*,
                             const matrix_view<const float>&);
template void multiply_small(const kernel_table<double>&, const operand<double>&, const operand<double>&,
                             const matrix_view<double>&, const epilogue<double>&, const double*,
                             const matrix_view<const double>&);

}  // namespace twinpath::inline v0::detail
