// SPDX-License-Identifier: MIT
// The blocked path. The simple case first: one worker, nothing packed, one block of k. Then compute_block is
// a loop of micro-kernels over the tiles of C. Packing, cuts of k and tasks change where operands are read
// and where sums are kept, never an element's chain of operations.
#include "linalg/blocked_product.hpp"

#include <algorithm>

#include "linalg/row_of_tiles.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Where sums or C lie: a rectangle whose first element is (i0, j0) of the product. Null where there is none.
template <class T>
struct target {
  T* data = nullptr;
  std::size_t stride = 0;
  std::size_t i0 = 0;
  std::size_t j0 = 0;
  [[nodiscard]] T* at(std::size_t i, std::size_t j) const noexcept {
    return data == nullptr ? nullptr : data + (i - i0) * stride + (j - j0);
  }
};

/// Rows i0 … i1 and columns j0 … j1 of C.
struct block {
  std::size_t i0, i1, j0, j1;
};

template <class T>
class product_run {
 public:
  product_run(const kernel_table<T>& table, const product_plan& plan, const product<T>& x, T* scratch,
              span_label label)
      : table_(table), plan_(plan), x_(x), label_(label) {
    packed_b_ = scratch;
    apart_ = packed_b_ + plan.packed_b;
    workers_ = apart_ + plan.apart_sums;
  }

  void run() const {
    const std::size_t n = plan_.shape.n;
    if (plan_.shape.m == 0) return;
    for (std::size_t j = 0; j < n; j += plan_.panel) {
      const std::size_t end = std::min(n, j + plan_.panel);
      if (plan_.pack_b) pack_panel(j, end);
      compute_panel(j, end);
    }
    if (plan_.slices_apart) add_slices();
  }

 private:
  // --- packing ---------------------------------------------------------------------------------------------
  //
  // A panel of B holds all of k: block after block, in each block sliver after sliver, each as wide as the
  // register tile; the last one is as wide as its whole vectors, of which the columns past the end hold
  // anything.

  void pack_panel(std::size_t j0, std::size_t j1) const {
    const std::size_t slivers = (j1 - j0 + plan_.sliver - 1) / plan_.sliver;
    const std::size_t parts = std::min(slivers, plan_.workers == 1 ? 1 : 4 * plan_.workers);
    run_tasks(plan_.workers, parts, [&](std::size_t, std::size_t part) {
      const span_scope span(label_, 0);
      for (std::size_t sliver = slivers * part / parts; sliver < slivers * (part + 1) / parts; ++sliver) {
        const std::size_t j = j0 + sliver * plan_.sliver;
        const std::size_t columns = std::min(plan_.sliver, j1 - j);
        for_blocks([&](std::size_t p0, std::size_t p1) {
          const std::size_t padded = plan_.padded(columns);
          T* out = packed_b_ + p0 * plan_.padded(j1 - j0) + (j - j0) * (p1 - p0);
          if (x_.B.is_transposed()) {
            const T* in = x_.B.view().data() + j * x_.B.view().stride() + p0;
            table_.pack_rows(in, x_.B.view().stride(), columns, p1 - p0, out, padded);
          } else {
            const T* in = x_.B.view().data() + p0 * x_.B.view().stride() + j;
            table_.pack_columns(in, x_.B.view().stride(), columns, p1 - p0, out, padded);
          }
        });
      }
    });
  }

  /// Slivers of A, one for each tile of rows, one after the other.
  void pack_a(std::size_t i0, std::size_t i1, std::size_t p0, std::size_t p1, T* out) const {
    const std::size_t stride = x_.A.view().stride();
    for_row_tiles(i0, i1, plan_.tile_rows, [&](std::size_t i, std::size_t rows) {
      T* sliver = out + (i - i0) * (p1 - p0);
      if (x_.A.is_transposed()) {
        table_.pack_columns(x_.A.view().data() + p0 * stride + i, stride, rows, p1 - p0, sliver, rows);
      } else {
        table_.pack_rows(x_.A.view().data() + i * stride + p0, stride, rows, p1 - p0, sliver, rows);
      }
    });
  }

  // --- loops -----------------------------------------------------------------------------------------------

  /// body(p0, p1) for each block of k.
  template <class Body>
  void for_blocks(const Body& body) const {
    const contract::cut slices = contract::slices(plan_.shape.k);
    for (std::size_t s = 0; s < slices.count; ++s) {
      const std::size_t first = slices.begin(s);
      const contract::cut blocks = contract::blocks<T>(slices.begin(s + 1) - first);
      for (std::size_t q = 0; q < blocks.count; ++q)
        body(first + blocks.begin(q), first + blocks.begin(q + 1));
    }
  }

  void compute_panel(std::size_t j0, std::size_t j1) const {
    const std::size_t column_blocks = (j1 - j0 + plan_.block_columns - 1) / plan_.block_columns;
    const std::size_t slice_tasks = plan_.slices_apart ? contract::slices(plan_.shape.k).count : 1;
    const std::size_t tasks = plan_.row_blocks * column_blocks * slice_tasks;
    run_tasks(plan_.workers, tasks, [&](std::size_t worker, std::size_t task) {
      const std::size_t slice = task % slice_tasks;
      const std::size_t row = task / slice_tasks % plan_.row_blocks;
      const std::size_t column = task / slice_tasks / plan_.row_blocks;
      const std::size_t first = j0 + column * plan_.block_columns;
      const block c{plan_.row(row), plan_.row(row + 1), first, std::min(j1, first + plan_.block_columns)};
      T* own = workers_ + worker * (plan_.packed_a + plan_.total_sums + plan_.slice_sums);
      const double steps = static_cast<double>(plan_.shape.k) / static_cast<double>(slice_tasks);
      const span_scope span(label_, 2.0 * static_cast<double>((c.i1 - c.i0) * (c.j1 - c.j0)) * steps);
      if (plan_.slices_apart) {
        const target<T> sums{apart_ + slice * plan_.shape.m * plan_.shape.n, plan_.shape.n};
        compute_slice(c, j0, j1, own, slice, sums, {}, sums, store_);
      } else {
        compute_block(c, j0, j1, own);
      }
    });
  }

  /// A block of C over all of k, slice after slice.
  void compute_block(const block& c, std::size_t j0, std::size_t j1, T* own) const {
    const target<T> out{x_.C.data(), x_.C.stride()};
    const std::size_t width = plan_.block_columns;
    T* sums = own + plan_.packed_a;
    const target<T> total = plan_.sums_in_c ? out : target<T>{sums, width, c.i0, c.j0};
    const target<T> slice_sums{sums + plan_.total_sums, width, c.i0, c.j0};
    const std::size_t slices = contract::slices(plan_.shape.k).count;
    for (std::size_t s = 0; s < slices; ++s) {
      const bool last = s + 1 == slices;
      compute_slice(c, j0, j1, own, s, s == 0 ? total : slice_sums, s == 0 ? target<T>{} : total,
                    last ? out : total, last ? x_.end : store_);
    }
  }

  /// A block of C over one slice of k. Blocks of k are summed in `sums`; the last one adds `earlier`, the sum
  /// of the slices before, and leaves in `out` what `end` makes of it.
  void compute_slice(const block& c, std::size_t j0, std::size_t j1, T* own, std::size_t slice,
                     target<T> sums, target<T> earlier, target<T> out, const epilogue<T>& end) const {
    const contract::cut slices = contract::slices(plan_.shape.k);
    const std::size_t first = slices.begin(slice);
    const contract::cut blocks = contract::blocks<T>(slices.begin(slice + 1) - first);
    for (std::size_t q = 0; q < blocks.count; ++q) {
      const bool last = q + 1 == blocks.count;
      const std::size_t p0 = first + blocks.begin(q);
      const std::size_t p1 = first + blocks.begin(q + 1);
      if (plan_.pack_a) pack_a(c.i0, c.i1, p0, p1, own);
      multiply_block(c, j0, j1, p0, p1, own, q == 0 ? target<T>{} : sums, last ? earlier : target<T>{},
                     last ? out : sums, last ? end : store_);
    }
  }

  /// All tiles of a block of C over one block of k. A sliver of B stays in the L1 cache while the tiles of
  /// rows pass by.
  void multiply_block(const block& c, std::size_t j0, std::size_t j1, std::size_t p0, std::size_t p1,
                      const T* packed_a, target<T> slice, target<T> total, target<T> out,
                      const epilogue<T>& end) const {
    const std::size_t k = p1 - p0;
    tile<T> t;
    t.k = k;
    t.end = &end;
    t.c_stride = out.stride;
    t.slice_stride = slice.stride;
    t.total_stride = total.stride;
    t.mask_stride = x_.mask.stride();
    // A single row of tiles has no use for a sliver again: it takes the widest tiles instead.
    const bool by_slivers = plan_.pack_b || c.i1 - c.i0 > plan_.tile_rows;
    const std::size_t width = by_slivers ? plan_.sliver : plan_.block_columns;
    for (std::size_t s = c.j0; s < c.j1; s += width) {
      const std::size_t columns = std::min(width, c.j1 - s);
      const T* b = nullptr;
      if (plan_.pack_b) {
        b = packed_b_ + p0 * plan_.padded(j1 - j0) + (s - j0) * k;
        t.b_stride = plan_.padded(std::min(plan_.sliver, j1 - s));
      } else {
        const std::size_t stride = x_.B.view().stride();
        b = x_.B.view().data() + (x_.B.is_transposed() ? s * stride + p0 : p0 * stride + s);
        t.b_stride = x_.B.view().stride();
      }
      for_row_tiles(c.i0, c.i1, plan_.tile_rows, [&](std::size_t i, std::size_t rows) {
        a_layout layout = a_layout::columns;
        if (plan_.pack_a) {
          t.a = packed_a + (i - c.i0) * k;
          t.a_stride = rows;
        } else {
          const matrix_view<const T> a = x_.A.view();
          layout = x_.A.is_transposed() ? a_layout::columns : a_layout::rows;
          t.a = a.data() + (x_.A.is_transposed() ? p0 * a.stride() + i : i * a.stride() + p0);
          t.a_stride = a.stride();
        }
        t.b = b;
        t.c = out.at(i, s);
        t.slice = slice.at(i, s);
        t.total = total.at(i, s);
        t.bias = x_.bias == nullptr ? t.c : x_.bias + s;
        t.mask = x_.mask.data() == nullptr ? t.c : x_.mask.data() + i * x_.mask.stride() + s;
        const micro_kernels<T>& kernels = table_.products[static_cast<std::size_t>(layout)];
        if (x_.B.is_transposed() && !plan_.pack_b) {
          multiply_row_of_transposed_tiles(kernels, plan_.width, t, rows, columns);
        } else {
          multiply_row_of_tiles(kernels, plan_.width, t, rows, columns);
        }
      });
    }
  }

  /// The slices that were computed apart, added in order and finished.
  void add_slices() const {
    const std::size_t m = plan_.shape.m;
    const std::size_t n = plan_.shape.n;
    const std::size_t slices = contract::slices(plan_.shape.k).count;
    const std::size_t parts = std::min(m, plan_.workers);
    run_tasks(plan_.workers, parts, [&](std::size_t, std::size_t part) {
      const span_scope span(label_, 0);
      for (std::size_t i = m * part / parts; i < m * (part + 1) / parts; ++i) {
        T* sum = apart_ + i * n;
        for (std::size_t s = 1; s < slices; ++s) table_.add(sum + s * m * n, sum, n);
        T* c = x_.C.row(i).data();
        const T* bias = x_.bias == nullptr ? c : x_.bias;
        const T* mask = x_.mask.data() == nullptr ? c : x_.mask.row(i).data();
        table_.finish_row(sum, x_.end, bias, mask, c, n);
      }
    });
  }

  static constexpr epilogue<T> store_{};

  const kernel_table<T>& table_;
  const product_plan& plan_;
  const product<T>& x_;
  span_label label_;
  T* packed_b_ = nullptr;
  T* apart_ = nullptr;
  T* workers_ = nullptr;
};

}  // namespace

template <class T>
void run_blocked(const kernel_table<T>& table, const product_plan& plan, const product<T>& x, T* scratch,
                 span_label label) {
  product_run<T>(table, plan, x, scratch, label).run();
}

template void run_blocked(const kernel_table<float>&, const product_plan&, const product<float>&, float*,
                          span_label);
template void run_blocked(const kernel_table<double>&, const product_plan&, const product<double>&, double*,
                          span_label);

}  // namespace twinpath::inline v0::detail
