// SPDX-License-Identifier: MIT
// The blocked path. The simple case first: one worker, nothing packed, one block of k. Then compute_block is
// a loop of micro-kernels over the tiles of C. Packing, cuts of k and tasks change where operands are read
// and where sums are kept, never an element's chain of operations.
#include "gemm/blocked.hpp"

#include <algorithm>

#include "gemm/tiles.hpp"
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
      : table_(table),
        plan_(plan),
        x_(x),
        label_(label),
        apart_(scratch),
        workers_(scratch + plan.apart_sums) {
    if (plan.pack_b) {
      b_layout_ = b_layout::packed;
    } else if (plan.block_rows() <= plan.tile_rows && plan.tile_rows >= 3 &&
               plan.shape.k * plan.shape.n * sizeof(T) > near_bytes) {
      b_layout_ = b_layout::streaming;
    }
  }

  void run() const {
    if (plan_.shape.m == 0 || plan_.shape.n == 0) return;
    const std::size_t slice_tasks = plan_.slices_apart ? contract::slices(plan_.shape.k).count : 1;
    const std::size_t tasks = plan_.row_blocks * (plan_.keep_a ? 1 : plan_.column_blocks) * slice_tasks;
    run_tasks(plan_.workers, tasks, [&](std::size_t worker, std::size_t task) {
      const std::size_t slice = task % slice_tasks;
      const std::size_t row = task / slice_tasks % plan_.row_blocks;
      const std::size_t column = task / slice_tasks / plan_.row_blocks;
      const block c{plan_.row(row), plan_.row(row + 1), plan_.column(column),
                    plan_.keep_a ? plan_.shape.n : plan_.column(column + 1)};
      T* own = workers_ + worker * plan_.worker_scratch() + plan_.gap;
      const span_scope span(label_, [&] { return piece_shape(c, slice); });
      if (plan_.slices_apart) {
        const target<T> sums{apart_ + slice * plan_.shape.m * plan_.shape.n, plan_.shape.n};
        compute_slice(c, own, slice, sums, {}, sums, store_, false);
      } else {
        compute_block(c, own);
      }
    });
    if (plan_.slices_apart) add_slices();
  }

 private:
  /// What a task computes.
  [[nodiscard]] span_shape piece_shape(const block& c, std::size_t slice) const noexcept {
    const contract::cut slices = contract::slices(plan_.shape.k);
    return {c.i1 - c.i0, c.j1 - c.j0,
            plan_.slices_apart ? slices.begin(slice + 1) - slices.begin(slice) : plan_.shape.k};
  }

  /// A block of C. Where the columns of B fit the L2 cache over all of k, strip of rows after strip of rows,
  /// so that the sums of a strip stay in the L1 cache from one block of k to the next.
  void compute_block(const block& c, T* own) const {
    if (!plan_.by_strips) return sum_blocks(c, own);
    if (plan_.pack_b) {
      for_blocks([&](std::size_t p0, std::size_t p1) { pack_b(c, p0, p1, packed_b(c, p0, own)); });
    }
    for_row_tiles(c.i0, c.i1, plan_.strip_rows, [&](std::size_t i, std::size_t rows) {
      sum_blocks({i, i + rows, c.j0, c.j1}, own);
    });
  }

  /// A block of C over all of k, slice after slice.
  void sum_blocks(const block& c, T* own) const {
    const target<T> out{x_.C.data(), x_.C.stride()};
    const std::size_t width = plan_.sum_columns();
    T* sums = own + plan_.packed_b + plan_.packed_a;
    const target<T> total = plan_.sums_in_c ? out : target<T>{sums, width, c.i0, c.j0};
    const target<T> slice_sums{sums + plan_.total_sums, width, c.i0, c.j0};
    const std::size_t slices = contract::slices(plan_.shape.k).count;
    for (std::size_t s = 0; s < slices; ++s) {
      const bool last = s + 1 == slices;
      compute_slice(c, own, s, s == 0 ? total : slice_sums, s == 0 ? target<T>{} : total, last ? out : total,
                    last ? x_.finish : store_, last);
    }
  }

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

  /// A block of C over one slice of k. Blocks of k are summed in `sums`; the last one adds `earlier`, the sum
  /// of the slices before, and leaves in `out` what `end` makes of it; then C is `complete` or not.
  void compute_slice(const block& c, T* own, std::size_t slice, target<T> sums, target<T> earlier,
                     target<T> out, const epilogue<T>& finish, bool complete) const {
    const contract::cut slices = contract::slices(plan_.shape.k);
    const std::size_t first = slices.begin(slice);
    const contract::cut blocks = contract::blocks<T>(slices.begin(slice + 1) - first);
    for (std::size_t q = 0; q < blocks.count; ++q) {
      const bool last = q + 1 == blocks.count;
      multiply_block(c, first + blocks.begin(q), first + blocks.begin(q + 1), own,
                     q == 0 ? target<T>{} : sums, last ? earlier : target<T>{}, last ? out : sums,
                     last ? finish : store_, last && complete);
    }
  }

  /// The steps p0 … p1 of k of a block of C. A that is packed for the first columns serves all others.
  void multiply_block(const block& c, std::size_t p0, std::size_t p1, T* own, target<T> slice,
                      target<T> total, target<T> out, const epilogue<T>& finish, bool complete) const {
    const std::size_t parts = plan_.keep_a ? plan_.column_blocks : 1;
    for (std::size_t j = 0; j < parts; ++j) {
      const std::size_t j0 = plan_.keep_a ? plan_.column(j) : c.j0;
      const std::size_t j1 = plan_.keep_a ? plan_.column(j + 1) : c.j1;
      multiply_columns({c.i0, c.i1, j0, j1}, j == 0, p0, p1, own, slice, total, out, finish, complete);
    }
  }

  /// All tiles of some columns, tile of rows after tile of rows: its elements of A stay in the L1 cache while
  /// those of B pass by, which come from the L2 cache one after the other.
  void multiply_columns(const block& c, bool first, std::size_t p0, std::size_t p1, T* own, target<T> slice,
                        target<T> total, target<T> out, const epilogue<T>& finish, bool complete) const {
    const matrix_view<const T>& a = x_.A.view();
    const matrix_view<const T>& b = x_.B.view();
    T* panel = packed_b(c, p0, own);
    const std::size_t sliver = plan_.strip_rows * (p1 - p0);
    T* next_packed = own + plan_.packed_b;
    T* packed_a = next_packed;
    const std::size_t columns = c.j1 - c.j0;
    const tiles_across across(columns, plan_.width, plan_.tile_vectors);
    const a_layout layout = plan_.pack_a || x_.A.is_transposed() ? a_layout::columns : a_layout::rows;
    const micro_kernels<T>& kernels = table_.products[static_cast<std::size_t>(layout)];
    const T* const first_b =
        plan_.pack_b ? panel
                     : b.data() + (x_.B.is_transposed() ? c.j0 * b.stride() + p0 : p0 * b.stride() + c.j0);
    tile<T> t;
    t.k = p1 - p0;
    t.a_stride = plan_.pack_a ? plan_.strip_rows : a.stride();
    t.b_stride = b.stride();
    t.slice = t.total = nullptr;
    t.finish = &finish;
    t.c_stride = out.stride;
    t.fetches_c = t.k >= fetch_steps;
    t.slice_stride = slice.stride;
    t.total_stride = total.stride;
    t.mask_stride = x_.mask.stride();
    if (plan_.pack_b && !plan_.by_strips) pack_b(c, p0, p1, panel);
    const bool has_strips = x_.A.is_transposed() && (plan_.pack_a || t.k >= strip_steps);
    block strip{c.i0, c.i0, c.j0, c.j1};
    std::size_t next_b = c.j0;
    for_row_tiles(c.i0, c.i1, plan_.tile_rows, [&](std::size_t i, std::size_t rows) {
      t.ahead = nullptr;
      if (has_strips && i + rows > strip.i1) {
        strip = {i, std::min(c.i1, i + plan_.strip_rows), c.j0, c.j1};
        packed_a = next_packed;
        if (plan_.keep_a) next_packed += sliver;
        if (first) {
          if (plan_.pack_a) pack_a(strip, p0, p1, packed_a);
          t.ahead = next_of_a(strip, c, p0, p1);
          t.ahead_stride = a.stride();
        } else if (strip.i1 < c.i1) {
          t.ahead = next_packed;
          t.ahead_stride = plan_.strip_rows;
        }
      } else if (!plan_.by_strips && !x_.B.is_transposed() && next_b < c.j1 && p1 < plan_.shape.k) {
        t.ahead = b.data() + p1 * b.stride() + next_b;
        t.ahead_stride = b.stride();
        next_b += line;
      }
      if (plan_.pack_a) {
        t.a = packed_a + (i - strip.i0);
      } else {
        t.a = a.data() + (x_.A.is_transposed() ? p0 * a.stride() + i : i * a.stride() + p0);
      }
      t.b = first_b;
      t.c = out.at(i, c.j0);
      if (slice.data != nullptr) t.slice = slice.at(i, c.j0);
      if (total.data != nullptr) t.total = total.at(i, c.j0);
      t.bias = x_.bias == nullptr ? t.c : x_.bias + c.j0;
      t.mask = x_.mask.data() == nullptr ? t.c : x_.mask.data() + i * x_.mask.stride() + c.j0;
      {
        const span_scope span(label_.inside(span_part::kernel), [&] {
          return span_shape{rows, columns, t.k};
        });
        if (x_.B.is_transposed() && !plan_.pack_b) {
          multiply_row_of_transposed_tiles(kernels, plan_.width, t, rows, columns);
        } else {
          multiply_row_of_tiles(kernels, plan_.width, across, t, rows, b_layout_);
        }
      }
      if (complete && x_.after) x_.after.run(out.at(i, c.j0), out.stride, i, c.j0, rows, columns);
    });
  }

  /// Where the block of k of B lies that begins at p0: by strips all of them are kept. What is read in place
  /// has no such memory.
  T* packed_b(const block& c, std::size_t p0, T* own) const {
    return plan_.pack_b && plan_.by_strips ? own + p0 * plan_.padded(c.j1 - c.j0) : own;
  }

  /// Slivers of B, each as wide as the tiles that read it. The last vector is padded with anything.
  void pack_b(const block& c, std::size_t p0, std::size_t p1, T* out) const {
    const matrix_view<const T>& b = x_.B.view();
    const std::size_t k = p1 - p0;
    const std::size_t w = plan_.width;
    const auto pack = [&](std::size_t first, std::size_t columns, std::size_t padded) {
      const std::size_t j = c.j0 + first;
      if (x_.B.is_transposed()) {
        table_.pack_rows(b.data() + j * b.stride() + p0, b.stride(), columns, k, out + first * k, padded);
      } else {
        table_.pack_columns(b.data() + p0 * b.stride() + j, b.stride(), columns, k, out + first * k, padded);
      }
    };
    const std::size_t columns = c.j1 - c.j0;
    const span_scope span(label_.inside(span_part::pack_b), [&] { return span_shape{0, columns, k}; });
    for_tiles_across(columns / w, plan_.tile_vectors,
                     [&](std::size_t first, std::size_t vectors, std::size_t count) {
                       for (std::size_t s = 0; s < count; ++s)
                         pack((first + s * vectors) * w, vectors * w, vectors * w);
                     });
    if (columns % w != 0) pack(columns / w * w, columns % w, w);
  }

  /// A strip of a transposed A.
  void pack_a(const block& strip, std::size_t p0, std::size_t p1, T* out) const {
    const matrix_view<const T>& a = x_.A.view();
    const span_scope span(label_.inside(span_part::pack_a), [&] {
      return span_shape{strip.i1 - strip.i0, 0, p1 - p0};
    });
    table_.pack_columns(a.data() + p0 * a.stride() + strip.i0, a.stride(), strip.i1 - strip.i0, p1 - p0, out,
                        plan_.strip_rows);
  }

  /// Where the strip of a transposed A begins that comes after this one; null behind the last one. Hardware
  /// does not fetch it ahead: its rows are a few bytes each, far apart.
  const T* next_of_a(const block& strip, const block& c, std::size_t p0, std::size_t p1) const {
    const matrix_view<const T>& a = x_.A.view();
    const bool more_steps = p1 < plan_.shape.k;
    const bool more_rows = strip.i1 < plan_.shape.m;
    if (plan_.by_strips && more_steps) return a.data() + p1 * a.stride() + strip.i0;
    if (plan_.by_strips) return more_rows ? a.data() + strip.i1 : nullptr;
    if (strip.i1 < c.i1) return a.data() + p0 * a.stride() + strip.i1;
    return more_steps ? a.data() + p1 * a.stride() + c.i0 : nullptr;
  }

  /// The slices that were computed apart, added in order and finished.
  void add_slices() const {
    const std::size_t m = plan_.shape.m;
    const std::size_t n = plan_.shape.n;
    const std::size_t slices = contract::slices(plan_.shape.k).count;
    const std::size_t parts = std::min(m, plan_.workers);
    run_tasks(plan_.workers, parts, [&](std::size_t, std::size_t part) {
      const span_scope span(label_);
      for (std::size_t i = m * part / parts; i < m * (part + 1) / parts; ++i) {
        T* sum = apart_ + i * n;
        for (std::size_t s = 1; s < slices; ++s) table_.add(sum + s * m * n, sum, n);
        T* c = x_.C.row(i).data();
        const T* bias = x_.bias == nullptr ? c : x_.bias;
        const T* mask = x_.mask.data() == nullptr ? c : x_.mask.row(i).data();
        table_.finish_row(sum, x_.finish, bias, mask, c, n);
        if (x_.after) x_.after.run(c, n, i, 0, 1, n);
      }
    });
  }

  /// Steps of k from which there is time to fetch a tile of C.
  static constexpr std::size_t fetch_steps = 48;
  /// Steps of k from which the next strip of a transposed A is worth fetching.
  static constexpr std::size_t strip_steps = 8;
  static constexpr std::size_t line = 64 / sizeof(T);
  static constexpr epilogue<T> store_{};

  const kernel_table<T>& table_;
  const product_plan& plan_;
  const product<T>& x_;
  span_label label_;
  b_layout b_layout_ = b_layout::in_place;
  T* apart_;
  T* workers_;
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
