// SPDX-License-Identifier: MIT
#include "gemm/direct.hpp"

#include <type_traits>

#include <twinpath/contract.hpp>

#include "gemm/tiles.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// What the store of a product needs beside the sums.
template <class T>
struct store_operands {
  const matrix_view<T>& C;
  const epilogue<T>& finish;
  const T* bias;
  const matrix_view<const T>& mask;
};

template <class T>
[[gnu::always_inline]] inline a_layout layout_of(const operand<T>& A) {
  return A.is_transposed() ? a_layout::columns : a_layout::rows;
}
template <class T>
[[gnu::always_inline]] inline const micro_kernels<T>& kernels_for(const kernel_table<T>& table,
                                                                  const operand<T>& A) {
  return table.products[static_cast<std::size_t>(layout_of(A))];
}

/// The tile at the upper left.
template <class Call, class T>
[[gnu::always_inline]] inline tile<T> first_tile(const operand<T>& A, const T* b, std::size_t b_stride,
                                                 const store_operands<T>& out) {
  tile<T> t;
  // A call that is made at once reads only the fields that are set; one that is listed is copied.
  if constexpr (!std::is_same_v<Call, make_call>) t = {};
  t.k = A.cols();
  t.a = A.view().data();
  t.a_stride = A.view().stride();
  t.b = b;
  t.b_stride = b_stride;
  t.slice = nullptr;
  t.total = nullptr;
  t.ahead = nullptr;
  t.finish = &out.finish;
  t.c = out.C.data();
  t.c_stride = out.C.stride();
  const epilogue_operands<T> e = epilogue_operands_at<T>(out.bias, out.mask, 0, 0, t.c);
  t.bias = e.bias;
  t.mask = e.mask;
  t.mask_stride = out.mask.stride();
  t.fetches_c = false;
  return t;
}

/// All of C as one row of tiles, over one block of k. `adds`: C holds the sum of the blocks before.
template <bool adds = false, class T, class Call = make_call>
[[gnu::always_inline]] inline void multiply_row(const kernel_table<T>& table, const operand<T>& A,
                                                const operand<T>& B, const store_operands<T>& out,
                                                const Call& call = {}) {
  tile<T> t = first_tile<Call>(A, B.view().data(), B.view().stride(), out);
  if constexpr (adds) {
    t.slice = out.C.data();
    t.slice_stride = out.C.stride();
  }
  const micro_kernels<T>& kernels = kernels_for(table, A);
  const std::size_t rows = out.C.rows();
  const std::size_t columns = out.C.cols();
  if (B.is_transposed())
    return multiply_row_of_transposed_tiles(kernels, table.width, t, rows, columns, call);
  // These two before the general case, because the smallest products are one vector across.
  if (columns < table.width) {
    t.tail = columns;
    return call(kernels.partial_for(columns, table.width).plain[rows - 1], t);
  }
  if (columns == table.width) {
    t.count = 1;
    return call(kernels.full.back()[rows - 1], t);
  }
  multiply_row_of_tiles(kernels, table.width, {columns, table.width, kernels.widest[rows - 1]}, t, rows,
                        b_layout::in_place, call);
}

/// The same over two or more blocks of k.
template <class T, class Call = make_call>
[[gnu::noinline]] void multiply_row_by_blocks(const kernel_table<T>& table, const operand<T>& A,
                                              const operand<T>& B, const store_operands<T>& out,
                                              const Call& call = {}) {
  static constexpr epilogue<T> store{};
  const contract::cut blocks = contract::blocks<T>(A.cols());
  const auto a = [&](std::size_t p0, std::size_t p1) {
    return transposed(rows_of(transposed(A), p0, p1 - p0));
  };
  const auto b = [&](std::size_t p0, std::size_t p1) { return rows_of(B, p0, p1 - p0); };
  multiply_row(table, a(0, blocks.begin(1)), b(0, blocks.begin(1)),
               store_operands<T>{out.C, store, out.bias, out.mask}, call);
  for (std::size_t q = 1; q < blocks.count; ++q) {
    const std::size_t p0 = blocks.begin(q);
    const std::size_t p1 = blocks.begin(q + 1);
    const epilogue<T>& finish = q + 1 == blocks.count ? out.finish : store;
    multiply_row<true>(table, a(p0, p1), b(p0, p1), store_operands<T>{out.C, finish, out.bias, out.mask},
                       call);
  }
}

/// Describes the first tile of each row of tiles: body(t, rows).
template <class Call, class T, class Body>
[[gnu::always_inline]] inline void for_rows_of_tiles(const operand<T>& A, const T* b, std::size_t b_stride,
                                                     const store_operands<T>& out, std::size_t tile_rows,
                                                     const Body& body) {
  tile<T> t = first_tile<Call>(A, b, b_stride, out);
  const T* const first_a = t.a;
  for_row_tiles(0, out.C.rows(), tile_rows, [&](std::size_t i, std::size_t rows) {
    t.a = first_a + (A.is_transposed() ? i : i * t.a_stride);
    t.b = b;
    t.c = out.C.data() + i * t.c_stride;
    const epilogue_operands<T> e = epilogue_operands_at<T>(out.bias, out.mask, i, 0, t.c);
    t.bias = e.bias;
    t.mask = e.mask;
    body(t, rows);
  });
}

template <class T, class Call = make_call>
[[gnu::noinline]] void multiply_rows(const kernel_table<T>& table, const operand<T>& A, const T* b,
                                     std::size_t b_stride, const store_operands<T>& out,
                                     const Call& call = {}) {
  const micro_kernels<T>& kernels = kernels_for(table, A);
  const tile_choice tallest = choose_tile(table, out.C.rows(), out.C.cols(), A.cols());
  const tiles_across across(out.C.cols(), table.width, tallest.vectors);
  for_rows_of_tiles<Call>(A, b, b_stride, out, tallest.rows, [&](tile<T>& t, std::size_t rows) {
    multiply_row_of_tiles(kernels, table.width, across, t, rows, b_layout::in_place, call);
  });
}

template <class T>
[[nodiscard]] bool is_transposed_in_place(const kernel_table<T>& table, const operand<T>& B,
                                          const matrix_view<T>& C) {
  return is_transposed_in_place(table, C.rows(), B.rows(), aliases(B.view().stride() * sizeof(T)));
}

template <class T, class Call = make_call>
[[gnu::noinline]] void multiply_rows_in_place(const kernel_table<T>& table, const operand<T>& A,
                                              const operand<T>& B, const store_operands<T>& out,
                                              const Call& call = {}) {
  const micro_kernels<T>& kernels = kernels_for(table, A);
  for_rows_of_tiles<Call>(
      A, B.view().data(), B.view().stride(), out, table.tile_rows, [&](tile<T>& t, std::size_t rows) {
        multiply_row_of_transposed_tiles(kernels, table.width, t, rows, out.C.cols(), call);
      });
}

template <class T>
[[gnu::noinline]] void multiply_rows_packed(const kernel_table<T>& table, const operand<T>& A,
                                            const operand<T>& B, const store_operands<T>& out) {
  alignas(64) T b[most_copied_b];
  const std::size_t n = out.C.cols();
  const std::size_t padded = round_up(n, table.width);
  table.pack_rows(B.view().data(), B.view().stride(), n, A.cols(), b, padded);
  multiply_rows(table, A, b, padded, out);
}

}  // namespace

template <class T>
void multiply_direct(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                     const matrix_view<T>& C, const epilogue<T>& finish, const T* bias,
                     const matrix_view<const T>& mask) {
  if (A.cols() > contract::block_length<T>) [[unlikely]]
    return multiply_row_by_blocks<T>(table, A, B, {C, finish, bias, mask});
  // With a temporary of its own, which need not be in memory.
  if (C.rows() <= table.tile_rows) return multiply_row<false, T>(table, A, B, {C, finish, bias, mask});
  const store_operands<T> out{C, finish, bias, mask};
  if (B.is_transposed() && is_transposed_in_place(table, B, C))
    return multiply_rows_in_place(table, A, B, out);
  if (B.is_transposed()) return multiply_rows_packed(table, A, B, out);
  multiply_rows(table, A, B.view().data(), B.view().stride(), out);
}

template <class T>
bool list_direct(const kernel_table<T>& table, const operand<T>& A, const operand<T>& B,
                 const matrix_view<T>& C, const epilogue<T>& finish, const T* bias,
                 const matrix_view<const T>& mask, std::vector<kernel_call<T>>& calls) {
  const store_operands<T> out{C, finish, bias, mask};
  const auto list = [&](micro_kernel<T> kernel, const tile<T>& t) { calls.push_back({kernel, t}); };
  if (A.cols() > contract::block_length<T>) {
    multiply_row_by_blocks(table, A, B, out, list);
  } else if (C.rows() <= table.tile_rows) {
    multiply_row(table, A, B, out, list);
  } else if (B.is_transposed()) {
    if (!is_transposed_in_place(table, B, C)) return false;
    multiply_rows_in_place(table, A, B, out, list);
  } else {
    multiply_rows(table, A, B.view().data(), B.view().stride(), out, list);
  }
  return true;
}

template void multiply_direct(const kernel_table<float>&, const operand<float>&, const operand<float>&,
                              const matrix_view<float>&, const epilogue<float>&, const float*,
                              const matrix_view<const float>&);
template void multiply_direct(const kernel_table<double>&, const operand<double>&, const operand<double>&,
                              const matrix_view<double>&, const epilogue<double>&, const double*,
                              const matrix_view<const double>&);

template bool list_direct(const kernel_table<float>&, const operand<float>&, const operand<float>&,
                          const matrix_view<float>&, const epilogue<float>&, const float*,
                          const matrix_view<const float>&, std::vector<kernel_call<float>>&);
template bool list_direct(const kernel_table<double>&, const operand<double>&, const operand<double>&,
                          const matrix_view<double>&, const epilogue<double>&, const double*,
                          const matrix_view<const double>&, std::vector<kernel_call<double>>&);

}  // namespace twinpath::inline v0::detail
