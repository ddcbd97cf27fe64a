// SPDX-License-Identifier: MIT
// The blocked path. The simple case first: one worker, nothing packed, one block of k. Then compute_block is
// a loop of micro-kernels over the tiles of C. Packing, cuts of k and tasks change where operands are read
// and where sums are kept, never an element's chain of operations.
#include "gemm/blocked.hpp"

#include <algorithm>

#include <twinpath/contract.hpp>

#include "gemm/tiles.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Rows i0 … i1 - 1 and columns j0 … j1 - 1 of C.
struct c_block {
  std::size_t i0, i1, j0, j1;
  [[nodiscard]] std::size_t rows() const noexcept { return i1 - i0; }
  [[nodiscard]] std::size_t columns() const noexcept { return j1 - j0; }
};

/// Memory of sums, or C: a rectangle whose first element is (i0, j0) of the product. Null if there is none.
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

/// Sums that are added to those of a part, and the result.
template <class T>
struct targets {
  const target<T>& slice;  ///< sum of the earlier blocks of the slice
  const target<T>& total;  ///< sum of the earlier slices
  const target<T>& out;
};

/// Steps p0 … p1 - 1 of k, at most one block, for a block of C.
template <class T>
struct part {
  c_block c;
  std::size_t p0, p1;
  targets<T> to;
  const epilogue<T>* finish;  ///< applied to the sums on their way to `to.out`
  bool complete;              ///< `to.out` is C then, ready for what follows the store
  bool first_columns = true;  ///< otherwise A has been packed for columns before
  [[nodiscard]] std::size_t steps() const noexcept { return p1 - p0; }
};

template <class T>
class product_run {
 public:
  product_run(const kernel_table<T>& table, const blocked_plan& plan, const product<T>& x, T* scratch,
              span_label label)
      : table_(table),
        plan_(plan),
        x_(x),
        label_(label),
        parallel_sums_(scratch),
        workers_(scratch + plan.parallel_sums) {
    if (plan.pack_b) {
      b_layout_ = b_layout::packed;
    } else if (plan.block_rows() <= plan.tile_rows && plan.tile_rows >= read_once_rows &&
               plan.shape.k * plan.shape.n * sizeof(T) > near_bytes) {
      b_layout_ = b_layout::read_once;
    }
  }

  void run() const {
    if (plan_.shape.m == 0 || plan_.shape.n == 0) return;
    const std::size_t slice_tasks = plan_.parallel_slices ? contract::slices(plan_.shape.k).count : 1;
    const std::size_t tasks = plan_.row_blocks * (plan_.keep_a ? 1 : plan_.column_blocks) * slice_tasks;
    run_tasks(plan_.workers, tasks, [&](std::size_t worker, std::size_t task) {
      const std::size_t slice = task % slice_tasks;
      const std::size_t row = task / slice_tasks % plan_.row_blocks;
      const std::size_t column = task / slice_tasks / plan_.row_blocks;
      const c_block c{plan_.row(row), plan_.row(row + 1), plan_.column(column),
                      plan_.keep_a ? plan_.shape.n : plan_.column(column + 1)};
      T* own = workers_ + worker * plan_.worker_scratch() + plan_.gap;
      const span_scope span(label_, [&] { return task_shape(c, slice); });
      if (plan_.parallel_slices) {
        const target<T> sums{parallel_sums_ + slice * plan_.shape.m * plan_.shape.n, plan_.shape.n};
        compute_slice(c, own, slice, {sums, none_, sums}, store_, false);
      } else {
        compute_block(c, own);
      }
    });
    if (plan_.parallel_slices) add_slices();
  }

 private:
  /// The product that a task computes, for traces.
  [[nodiscard]] span_shape task_shape(const c_block& c, std::size_t slice) const noexcept {
    const contract::cut slices = contract::slices(plan_.shape.k);
    return {c.rows(), c.columns(),
            plan_.parallel_slices ? slices.begin(slice + 1) - slices.begin(slice) : plan_.shape.k};
  }

  /// A block of C. By strips it is computed strip of rows after strip of rows, so that the sums of a strip
  /// stay in the L1 cache from one block of k to the next.
  void compute_block(const c_block& c, T* own) const {
    if (!plan_.by_strips) return sum_slices(c, own);
    if (plan_.pack_b) {
      for (std::size_t s = 0; s < contract::slices(plan_.shape.k).count; ++s) {
        for_blocks(s, [&](std::size_t p0, std::size_t p1) { pack_b(c, p0, p1, packed_b(c, p0, own)); });
      }
    }
    for_row_tiles(c.i0, c.i1, plan_.strip_rows, [&](std::size_t i, std::size_t rows) {
      sum_slices({i, i + rows, c.j0, c.j1}, own);
    });
  }

  /// A block of C over all of k, slice after slice.
  void sum_slices(const c_block& c, T* own) const {
    const target<T> out{x_.C.data(), x_.C.stride()};
    const std::size_t width = plan_.sum_columns();
    T* sums = own + plan_.packed_b + plan_.packed_a;
    const target<T> total = plan_.sums_in_c ? out : target<T>{sums, width, c.i0, c.j0};
    const target<T> slice_sums{sums + plan_.total_sums, width, c.i0, c.j0};
    const std::size_t slices = contract::slices(plan_.shape.k).count;
    for (std::size_t s = 0; s < slices; ++s) {
      const bool last = s + 1 == slices;
      compute_slice(c, own, s, {s == 0 ? total : slice_sums, s == 0 ? none_ : total, last ? out : total},
                    last ? x_.finish : store_, last);
    }
  }

  /// body(p0, p1) for each block of a slice of k.
  template <class Body>
  void for_blocks(std::size_t slice, const Body& body) const {
    const contract::cut slices = contract::slices(plan_.shape.k);
    const std::size_t first = slices.begin(slice);
    const contract::cut blocks = contract::blocks<T>(slices.begin(slice + 1) - first);
    for (std::size_t q = 0; q < blocks.count; ++q) body(first + blocks.begin(q), first + blocks.begin(q + 1));
  }

  /// A block of C over one slice of k. Its blocks are summed in `to.slice`; the last one adds `to.total` and
  /// stores the finished sums to `to.out`.
  void compute_slice(const c_block& c, T* own, std::size_t slice, const targets<T>& to,
                     const epilogue<T>& finish, bool complete) const {
    const contract::cut slices = contract::slices(plan_.shape.k);
    const std::size_t begin = slices.begin(slice);
    const std::size_t end = slices.begin(slice + 1);
    for_blocks(slice, [&](std::size_t p0, std::size_t p1) {
      const bool last = p1 == end;
      const targets<T> now{p0 == begin ? none_ : to.slice, last ? to.total : none_, last ? to.out : to.slice};
      multiply_block({c, p0, p1, now, last ? &finish : &store_, last && complete}, own);
    });
  }

  /// All columns of a part. A that is packed for the first block of columns serves all others.
  void multiply_block(part<T> x, T* own) const {
    const std::size_t blocks = plan_.keep_a ? plan_.column_blocks : 1;
    for (std::size_t j = 0; j < blocks; ++j) {
      if (plan_.keep_a) {
        x.c.j0 = plan_.column(j);
        x.c.j1 = plan_.column(j + 1);
        x.first_columns = j == 0;
      }
      multiply_columns(x, own);
    }
  }

  /// One block of columns, row of tiles after row of tiles: the elements of A of a row stay in the L1 cache
  /// while those of B, which come from the L2 cache, pass by.
  void multiply_columns(const part<T>& x, T* own) const {
    b_cursor b(*this, x, own);
    a_cursor a(*this, x, own + plan_.packed_b);
    const tiles_across across(x.c.columns(), plan_.width, plan_.tile_vectors);
    const a_layout layout = plan_.pack_a || x_.A.is_transposed() ? a_layout::columns : a_layout::rows;
    const micro_kernels<T>& kernels = table_.products[static_cast<std::size_t>(layout)];
    tile<T> t = tile_of(x);
    for_row_tiles(x.c.i0, x.c.i1, plan_.tile_rows, [&](std::size_t i, std::size_t rows) {
      t.ahead = nullptr;
      if (!a.move_to(i, rows, t)) b.fetch_ahead(t);
      t.b = b.data();
      place(x, i, t);
      multiply_row(kernels, across, t, rows, x.c.columns());
      if (x.complete && x_.after)
        x_.after.run(x.to.out.at(i, x.c.j0), x.to.out.stride, i, x.c.j0, rows, x.c.columns());
    });
  }

  /// The fields of a tile that are the same for all rows of tiles of a part.
  tile<T> tile_of(const part<T>& x) const {
    tile<T> t;
    t.k = x.steps();
    t.a_stride = plan_.pack_a ? plan_.strip_rows : x_.A.view().stride();
    t.b_stride = x_.B.view().stride();
    t.slice = t.total = nullptr;
    t.slice_stride = x.to.slice.stride;
    t.total_stride = x.to.total.stride;
    t.finish = x.finish;
    t.mask_stride = x_.mask.stride();
    t.c_stride = x.to.out.stride;
    t.fetches_c = t.k >= fetch_steps;
    return t;
  }

  /// Sets what a tile reads and writes beside A and B, for the first columns of row i.
  void place(const part<T>& x, std::size_t i, tile<T>& t) const {
    const std::size_t j = x.c.j0;
    t.c = x.to.out.at(i, j);
    if (x.to.slice.data != nullptr) t.slice = x.to.slice.at(i, j);
    if (x.to.total.data != nullptr) t.total = x.to.total.at(i, j);
    const epilogue_operands<T> e = epilogue_operands_at<T>(x_.bias, x_.mask, i, j, t.c);
    t.bias = e.bias;
    t.mask = e.mask;
  }

  /// One row of tiles.
  void multiply_row(const micro_kernels<T>& kernels, const tiles_across& across, tile<T>& t, std::size_t rows,
                    std::size_t columns) const {
    const span_scope span(label_.inside(span_part::kernel), [&] { return span_shape{rows, columns, t.k}; });
    if (x_.B.is_transposed() && !plan_.pack_b) {
      multiply_row_of_transposed_tiles(kernels, plan_.width, t, rows, columns);
    } else {
      multiply_row_of_tiles(kernels, plan_.width, across, t, rows, b_layout_);
    }
  }

  /// The elements of B for a part: packed, or where they are.
  class b_cursor {
   public:
    b_cursor(const product_run& run, const part<T>& x, T* memory) : run_(run), x_(x), next_(x.c.j0) {
      const matrix_view<const T>& b = run.x_.B.view();
      if (!run.plan_.pack_b) {
        data_ =
            b.data() + (run.x_.B.is_transposed() ? x.c.j0 * b.stride() + x.p0 : x.p0 * b.stride() + x.c.j0);
        return;
      }
      T* packed = run.packed_b(x.c, x.p0, memory);
      if (!run.plan_.by_strips) run.pack_b(x.c, x.p0, x.p1, packed);
      data_ = packed;
    }

    /// Of the first tile.
    [[nodiscard]] const T* data() const { return data_; }

    /// Lets a tile fetch the next cache lines of the block of k that follows, as far as there are any.
    void fetch_ahead(tile<T>& t) {
      const matrix_view<const T>& b = run_.x_.B.view();
      if (run_.plan_.by_strips || run_.x_.B.is_transposed() || next_ >= x_.c.j1 ||
          x_.p1 >= run_.plan_.shape.k)
        return;
      t.ahead = b.data() + x_.p1 * b.stride() + next_;
      t.ahead_stride = b.stride();
      next_ += line_bytes / sizeof(T);
    }

   private:
    const product_run& run_;
    const part<T>& x_;
    const T* data_;
    std::size_t next_;  // column
  };

  /// The elements of op(A) for a part. Those of a transposed A are packed strip by strip, or fetched ahead.
  class a_cursor {
   public:
    a_cursor(const product_run& run, const part<T>& x, T* memory)
        : run_(run),
          x_(x),
          has_strips_(run.x_.A.is_transposed() && (run.plan_.pack_a || x.steps() >= strip_steps)),
          strip_{x.c.i0, x.c.i0, x.c.j0, x.c.j1},
          packed_(memory),
          next_packed_(memory) {}

    /// Moves on to the row of tiles at i. Whether a strip begins there: then the tile fetches the next strip.
    bool move_to(std::size_t i, std::size_t rows, tile<T>& t) {
      const bool begins = has_strips_ && i + rows > strip_.i1;
      if (begins) begin_strip(i, t);
      const matrix_view<const T>& a = run_.x_.A.view();
      if (run_.plan_.pack_a) {
        t.a = packed_ + (i - strip_.i0);
      } else {
        t.a = a.data() + (run_.x_.A.is_transposed() ? x_.p0 * a.stride() + i : i * a.stride() + x_.p0);
      }
      return begins;
    }

   private:
    void begin_strip(std::size_t i, tile<T>& t) {
      const blocked_plan& plan = run_.plan_;
      strip_.i0 = i;
      strip_.i1 = std::min(x_.c.i1, i + plan.strip_rows);
      packed_ = next_packed_;
      if (plan.keep_a) next_packed_ += plan.strip_rows * x_.steps();
      if (x_.first_columns) {
        if (plan.pack_a) run_.pack_a(strip_, x_.p0, x_.p1, packed_);
        t.ahead = run_.next_of_a(strip_, x_);
        t.ahead_stride = run_.x_.A.view().stride();
      } else if (strip_.i1 < x_.c.i1) {
        t.ahead = next_packed_;
        t.ahead_stride = plan.strip_rows;
      }
    }

    const product_run& run_;
    const part<T>& x_;
    bool has_strips_;
    c_block strip_;
    T* packed_;
    T* next_packed_;
  };

  /// Packed memory of the block of k of B that begins at p0: by strips all blocks are kept.
  T* packed_b(const c_block& c, std::size_t p0, T* own) const {
    return plan_.by_strips ? own + p0 * plan_.padded(c.columns()) : own;
  }

  /// Slivers of B, each as wide as the tiles that read it. The padding of the last vector has any value.
  void pack_b(const c_block& c, std::size_t p0, std::size_t p1, T* out) const {
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
    const std::size_t columns = c.columns();
    const span_scope span(label_.inside(span_part::pack_b), [&] { return span_shape{0, columns, k}; });
    for_tiles_across(columns / w, plan_.tile_vectors,
                     [&](std::size_t first, std::size_t vectors, std::size_t count) {
                       for (std::size_t s = 0; s < count; ++s)
                         pack((first + s * vectors) * w, vectors * w, vectors * w);
                     });
    if (columns % w != 0) pack(columns / w * w, columns % w, w);
  }

  /// A strip of a transposed A.
  void pack_a(const c_block& strip, std::size_t p0, std::size_t p1, T* out) const {
    const matrix_view<const T>& a = x_.A.view();
    const span_scope span(label_.inside(span_part::pack_a), [&] {
      return span_shape{strip.rows(), 0, p1 - p0};
    });
    table_.pack_columns(a.data() + p0 * a.stride() + strip.i0, a.stride(), strip.rows(), p1 - p0, out,
                        plan_.strip_rows);
  }

  /// The strip of a transposed A that is read after this one; null after the last one. Hardware does not
  /// fetch it ahead: its rows are a few bytes each, at large distances.
  const T* next_of_a(const c_block& strip, const part<T>& x) const {
    const matrix_view<const T>& a = x_.A.view();
    const bool more_steps = x.p1 < plan_.shape.k;
    const bool more_rows = strip.i1 < plan_.shape.m;
    if (plan_.by_strips && more_steps) return a.data() + x.p1 * a.stride() + strip.i0;
    if (plan_.by_strips) return more_rows ? a.data() + strip.i1 : nullptr;
    if (strip.i1 < x.c.i1) return a.data() + x.p0 * a.stride() + strip.i1;
    return more_steps ? a.data() + x.p1 * a.stride() + x.c.i0 : nullptr;
  }

  /// The sums of parallel slices, added in order and finished.
  void add_slices() const {
    const std::size_t m = plan_.shape.m;
    const std::size_t n = plan_.shape.n;
    const std::size_t slices = contract::slices(plan_.shape.k).count;
    const std::size_t parts = std::min(m, plan_.workers);
    run_tasks(plan_.workers, parts, [&](std::size_t, std::size_t p) {
      const span_scope span(label_);
      for (std::size_t i = m * p / parts; i < m * (p + 1) / parts; ++i) {
        T* sum = parallel_sums_ + i * n;
        for (std::size_t s = 1; s < slices; ++s) table_.add(sum + s * m * n, sum, n);
        T* c = x_.C.row(i).data();
        const epilogue_operands<T> e = epilogue_operands_at<T>(x_.bias, x_.mask, i, 0, c);
        table_.finish_row(sum, x_.finish, e.bias, e.mask, c, n);
        if (x_.after) x_.after.run(c, n, i, 0, 1, n);
      }
    });
  }

  /// Steps of k from which there is time to fetch a tile of C.
  static constexpr std::size_t fetch_steps = 48;
  /// Steps of k from which the next strip of a transposed A is worth fetching.
  static constexpr std::size_t strip_steps = 8;
  /// Rows of a tile from which its multiply-adds hide the fetches of a B that is read once.
  static constexpr std::size_t read_once_rows = 3;
  static constexpr epilogue<T> store_{};
  static constexpr target<T> none_{};

  const kernel_table<T>& table_;
  const blocked_plan& plan_;
  const product<T>& x_;
  span_label label_;
  b_layout b_layout_ = b_layout::in_place;
  T* parallel_sums_;
  T* workers_;
};

}  // namespace

template <class T>
void run_blocked(const kernel_table<T>& table, const blocked_plan& plan, const product<T>& x, T* scratch,
                 span_label label) {
  product_run<T>(table, plan, x, scratch, label).run();
}

template void run_blocked(const kernel_table<float>&, const blocked_plan&, const product<float>&, float*,
                          span_label);
template void run_blocked(const kernel_table<double>&, const blocked_plan&, const product<double>&, double*,
                          span_label);

}  // namespace twinpath::inline v0::detail
