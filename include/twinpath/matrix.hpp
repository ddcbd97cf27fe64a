// SPDX-License-Identifier: MIT
// Row-major matrices: `matrix` owns its memory, `matrix_view` refers to the memory of others.
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <version>
#if defined(__cpp_lib_mdspan)
#include <mdspan>
#endif

namespace twinpath::inline v0 {

template <class T>
class matrix;

namespace detail {
// Throw std::invalid_argument. Out of line, to keep the checks in headers small.
[[noreturn]] void fail_view(const void* data, std::size_t rows, std::size_t cols, std::size_t stride);
[[noreturn]] void fail_block(std::size_t row, std::size_t col, std::size_t rows, std::size_t cols,
                             std::size_t all_rows, std::size_t all_cols);
[[noreturn]] void fail_span(std::size_t size, std::size_t rows, std::size_t cols);
[[noreturn]] void fail_row_list(std::size_t row, std::size_t size, std::size_t cols);
[[noreturn]] void fail_matrix_size(std::size_t rows, std::size_t cols);
[[noreturn]] void fail_last_stride(std::size_t stride);

// The types of `nullptr` and of 0, which convert to a pointer.
template <class T>
concept pointer_literal = std::is_null_pointer_v<T> || std::is_integral_v<T>;

#if defined(__cpp_lib_mdspan)
/// The distance between two rows of a two-dimensional mdspan, of which one with at most one row has any.
template <class Span>
constexpr std::size_t row_stride(const Span& m) {
  const auto cols = static_cast<std::size_t>(m.extent(1));
  if (cols > 1 && m.stride(1) != 1) fail_last_stride(static_cast<std::size_t>(m.stride(1)));
  return m.extent(0) > 1 ? static_cast<std::size_t>(m.stride(0)) : cols;
}
#endif
}  // namespace detail

/// Non-owning row-major view: element (i, j) is `data()[i * stride() + j]`.
///
/// `T` is `float`, `double`, or one of them const. `data()` needs the alignment of one element only. The
/// stride (leading dimension) is counted in elements and is at least the number of columns; the memory
/// between the last column and the next row is never read or written. A column-major matrix (Fortran,
/// `Eigen::MatrixXf`) in the same memory is the transpose: pass `transposed(tp::matrix_view(E.data(),
/// E.cols(), E.rows(), E.outerStride()))` to `gemm`, or declare `Eigen::Matrix<float, -1, -1,
/// Eigen::RowMajor>`. A view is a pointer and three integers: pass it by value. It must not outlive the
/// memory. A const view of a temporary matrix is valid until the end of the statement, as a function argument
/// for instance.
/// Thread safety: as for a pointer.
template <class T>
class matrix_view {
 public:
  using element_type = T;                  ///< `value_type`, const in a view of const elements
  using value_type = std::remove_cv_t<T>;  ///< `float` or `double`

  /// An empty 0x0 view.
  constexpr matrix_view() noexcept = default;
  /// A view of the same elements.
  constexpr matrix_view(const matrix_view&) noexcept = default;
  /// Makes this view refer to the elements of another one; copies no element. Does not compile for a
  /// temporary view such as `net.weights(1)`, where it would have no effect.
  constexpr matrix_view& operator=(const matrix_view&) & noexcept = default;

  /// A `rows` x `cols` view with the given stride in elements.
  /// Throws std::invalid_argument if the view has elements and the pointer is null or the stride is below
  /// `cols`.
  constexpr matrix_view(T* data, std::size_t rows, std::size_t cols, std::size_t stride)
      : data_(data), rows_(rows), cols_(cols), stride_(stride) {
    if (rows != 0 && cols != 0 && (stride < cols || data == nullptr)) [[unlikely]] {
      detail::fail_view(data, rows, cols, stride);
    }
  }

  /// A dense view: the stride is the number of columns.
  constexpr matrix_view(T* data, std::size_t rows, std::size_t cols) : matrix_view(data, rows, cols, cols) {}

  /// Deleted for literals: as an argument, the list `{0, 1, 1, 0}` would otherwise be a 1x1 view of a null
  /// pointer.
  template <detail::pointer_literal Literal>
  matrix_view(Literal, std::size_t, std::size_t, std::size_t) = delete;
  /// Deleted for the same reason.
  template <detail::pointer_literal Literal>
  matrix_view(Literal, std::size_t, std::size_t) = delete;

  /// A dense view over the first `rows * cols` elements of a span.
  /// Throws std::invalid_argument if the span is shorter than that.
  constexpr matrix_view(std::span<T> elements, std::size_t rows, std::size_t cols)
      : matrix_view(elements.data(), rows, cols, cols) {
    if (cols != 0 && elements.size() / cols < rows) [[unlikely]] {
      detail::fail_span(elements.size(), rows, cols);
    }
  }

  /// Converts a view of mutable elements to a view of const elements.
  template <class U>
  requires(std::is_const_v<T>&& std::same_as<U, value_type>) constexpr matrix_view(
      const matrix_view<U>& other) noexcept
      : data_(other.data()), rows_(other.rows()), cols_(other.cols()), stride_(other.stride()) {}

  /// A view of a whole matrix.
  constexpr matrix_view(matrix<value_type>& m) noexcept;
  /// A const view of a whole matrix.
  constexpr matrix_view(const matrix<value_type>& m) noexcept requires std::is_const_v<T>;

#if defined(__cpp_lib_mdspan)
  /// A view of a two-dimensional mdspan whose last stride is 1, of any layout with strides; `float` converts
  /// to `const float`. A `std::layout_left` one does not compile: it is the transpose of a view, see
  /// `column_major`. Throws std::invalid_argument if the last stride is not 1 or rows overlap.
  template <class U, class Extents, class Layout>
  requires(Extents::rank() == 2 && std::is_convertible_v<U (*)[], T (*)[]> &&
           !std::same_as<Layout, std::layout_left> &&
           std::mdspan<U, Extents, Layout>::
               is_always_strided()) constexpr matrix_view(const std::mdspan<U, Extents, Layout>& m)
      : matrix_view(m.data_handle(), static_cast<std::size_t>(m.extent(0)),
                    static_cast<std::size_t>(m.extent(1)), detail::row_stride(m)) {}
#endif

  /// The first element; null in a default view.
  [[nodiscard]] constexpr T* data() const noexcept {
    return data_;
  }
  /// Number of rows.
  [[nodiscard]] constexpr std::size_t rows() const noexcept {
    return rows_;
  }
  /// Number of columns.
  [[nodiscard]] constexpr std::size_t cols() const noexcept {
    return cols_;
  }
  /// Distance between the beginnings of two rows, in elements.
  [[nodiscard]] constexpr std::size_t stride() const noexcept {
    return stride_;
  }
  /// True if there is no element.
  [[nodiscard]] constexpr bool empty() const noexcept {
    return rows_ == 0 || cols_ == 0;
  }

  /// Element (i, j). The indices are checked by assert only.
  [[nodiscard]] constexpr T& operator()(std::size_t i, std::size_t j) const noexcept {
    assert(i < rows_ && j < cols_);
    return data_[i * stride_ + j];
  }

  /// Row i as a span of `cols()` elements. The index is checked by assert only. The span is const, so that
  /// `m.row(0) = x`, which would have no effect, does not compile.
  [[nodiscard]] constexpr const std::span<T> row(std::size_t i) const noexcept {
    assert(i < rows_);
    return {data_ + i * stride_, cols_};
  }

  /// The submatrix of `rows` x `cols` elements whose first element is (row, col).
  /// Throws std::invalid_argument if it is not inside this view.
  [[nodiscard]] constexpr matrix_view block(std::size_t row, std::size_t col, std::size_t rows,
                                            std::size_t cols) const {
    if (row > rows_ || rows > rows_ - row || col > cols_ || cols > cols_ - col) [[unlikely]] {
      detail::fail_block(row, col, rows, cols, rows_, cols_);
    }
    if (rows == 0 || cols == 0) return matrix_view(data_, rows, cols, cols);
    return matrix_view(data_ + row * stride_ + col, rows, cols, stride_);
  }

  /// The `count` rows from row `first` on: `block(first, 0, count, cols())`.
  /// Throws std::invalid_argument if they are not inside this view.
  [[nodiscard]] constexpr matrix_view rows(std::size_t first, std::size_t count) const {
    return block(first, 0, count, cols_);
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t stride_ = 0;
};

/// Owning row-major matrix: 64-byte aligned, initialised to zeros, dense (the stride is the number of
/// columns).
///
/// `T` is `float` or `double`. Copying copies the elements; a moved-from matrix is 0x0.
/// Thread safety: as for a standard container.
template <class T>
class matrix {
  static_assert(std::same_as<T, float> || std::same_as<T, double>);

 public:
  using value_type = T;  ///< `float` or `double`

  /// A 0x0 matrix; allocates nothing.
  matrix() noexcept = default;

  /// A `rows` x `cols` matrix of zeros.
  /// Throws std::invalid_argument if the size in bytes exceeds the address space, and std::bad_alloc if
  /// memory runs out.
  matrix(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols), data_(allocate(rows, cols)) {
    std::uninitialized_value_construct_n(data_.get(), size());
  }

  /// A matrix from its rows: `matrix<float> m{{1, 2, 3}, {4, 5, 6}};`
  /// Throws std::invalid_argument if the rows differ in length.
  matrix(std::initializer_list<std::initializer_list<T>> rows)
      : matrix(rows.size(), rows.size() == 0 ? 0 : rows.begin()->size()) {
    T* out = data_.get();
    std::size_t i = 0;
    for (const auto& row : rows) {
      if (row.size() != cols_) detail::fail_row_list(i, row.size(), cols_);
      out = std::uninitialized_copy(row.begin(), row.end(), out);
      ++i;
    }
  }

  /// A dense copy of a view.
  explicit matrix(matrix_view<const T> v) : rows_(v.rows()), cols_(v.cols()), data_(allocate(rows_, cols_)) {
    for (std::size_t i = 0; i < rows_; ++i) {
      std::uninitialized_copy_n(v.row(i).data(), cols_, data_.get() + i * cols_);
    }
  }

  /// A copy of the elements.
  matrix(const matrix& other) : matrix(matrix_view<const T>(other)) {}
  /// Takes the memory; `other` becomes 0x0.
  matrix(matrix&& other) noexcept
      : rows_(std::exchange(other.rows_, 0)),
        cols_(std::exchange(other.cols_, 0)),
        data_(std::move(other.data_)) {}
  /// Copies the elements to new memory. Strong exception guarantee.
  matrix& operator=(const matrix& other) {
    if (this != &other) *this = matrix(other);
    return *this;
  }
  /// Takes the memory; `other` becomes 0x0.
  matrix& operator=(matrix&& other) noexcept {
    rows_ = std::exchange(other.rows_, 0);
    cols_ = std::exchange(other.cols_, 0);
    data_ = std::move(other.data_);
    return *this;
  }
  ~matrix() = default;

  /// The first element; null if there is none.
  [[nodiscard]] T* data() noexcept { return data_.get(); }
  /// The same for a const matrix.
  [[nodiscard]] const T* data() const noexcept { return data_.get(); }
  /// Number of rows.
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// Number of columns.
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  /// Distance between two rows in elements: the number of columns.
  [[nodiscard]] std::size_t stride() const noexcept { return cols_; }
  /// Number of elements.
  [[nodiscard]] std::size_t size() const noexcept { return rows_ * cols_; }
  /// True if there is no element.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Element (i, j). The indices are checked by assert only.
  [[nodiscard]] T& operator()(std::size_t i, std::size_t j) noexcept { return view()(i, j); }
  /// The same for a const matrix.
  [[nodiscard]] const T& operator()(std::size_t i, std::size_t j) const noexcept { return view()(i, j); }
  /// Row i as a span, as `matrix_view::row`.
  [[nodiscard]] const std::span<T> row(std::size_t i) noexcept { return view().row(i); }
  /// The same for a const matrix.
  [[nodiscard]] std::span<const T> row(std::size_t i) const noexcept { return view().row(i); }
  /// A submatrix, as `matrix_view::block`.
  [[nodiscard]] matrix_view<T> block(std::size_t row, std::size_t col, std::size_t rows, std::size_t cols) {
    return view().block(row, col, rows, cols);
  }
  /// The same for a const matrix.
  [[nodiscard]] matrix_view<const T> block(std::size_t row, std::size_t col, std::size_t rows,
                                           std::size_t cols) const {
    return view().block(row, col, rows, cols);
  }
  /// The `count` rows from row `first` on, as `matrix_view::rows`.
  [[nodiscard]] matrix_view<T> rows(std::size_t first, std::size_t count) {
    return view().rows(first, count);
  }
  /// The same for a const matrix.
  [[nodiscard]] matrix_view<const T> rows(std::size_t first, std::size_t count) const {
    return view().rows(first, count);
  }
  /// All elements in row-major order.
  [[nodiscard]] const std::span<T> elements() noexcept { return {data_.get(), size()}; }
  /// The same for a const matrix.
  [[nodiscard]] std::span<const T> elements() const noexcept { return {data_.get(), size()}; }
  /// The whole matrix as a view.
  [[nodiscard]] matrix_view<T> view() noexcept { return *this; }
  /// The same for a const matrix.
  [[nodiscard]] matrix_view<const T> view() const noexcept { return *this; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct release {
    void operator()(T* p) const noexcept { ::operator delete(p, alignment); }
  };
  using storage = std::unique_ptr<T, release>;

  static storage allocate(std::size_t rows, std::size_t cols) {
    if (rows == 0 || cols == 0) return nullptr;
    constexpr std::size_t limit = static_cast<std::size_t>(-1) / 2 / sizeof(T);
    if (rows > limit / cols) detail::fail_matrix_size(rows, cols);
    return storage(static_cast<T*>(::operator new(rows* cols * sizeof(T), alignment)));
  }

  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  storage data_;
};

template <class T>
constexpr matrix_view<T>::matrix_view(matrix<value_type>& m) noexcept
    : data_(m.data()), rows_(m.rows()), cols_(m.cols()), stride_(m.stride()) {}

template <class T>
constexpr matrix_view<T>::matrix_view(const matrix<value_type>& m) noexcept requires std::is_const_v<T>
    : data_(m.data()), rows_(m.rows()), cols_(m.cols()), stride_(m.stride()) {}

/// A vector as a matrix of one column: `net.train_step(X, tp::column(y), rule)`. Takes a named vector, array
/// or span of `float` or `double`; copies nothing. Does not compile for a temporary that owns its elements.
template <class Range>
requires(std::ranges::contiguous_range<Range>&& std::ranges::borrowed_range<Range>)
    [[nodiscard]] constexpr auto column(Range&& elements) {
  const std::span all(elements);
  return matrix_view<typename decltype(all)::element_type>(all.data(), all.size(), 1);
}

/// One factor of a product: a view together with the flag whether it is transposed. A matrix or a view
/// converts to it implicitly; `transposed` sets the flag. Lifetime and thread safety: as for the view.
template <class T>
class operand {
 public:
  /// A whole matrix, not transposed.
  operand(const matrix<T>& m) noexcept : view_(m) {}
  /// A view, not transposed.
  operand(matrix_view<const T> v) noexcept : view_(v) {}
  /// A view of mutable elements, not transposed.
  operand(matrix_view<T> v) noexcept : view_(v) {}
  /// A view, transposed if `is_transposed` is true.
  operand(matrix_view<const T> v, bool is_transposed) noexcept : view_(v), transposed_(is_transposed) {}

  /// The matrix as stored.
  [[nodiscard]] const matrix_view<const T>& view() const noexcept { return view_; }
  /// Whether the product uses the transpose of `view()`.
  [[nodiscard]] bool is_transposed() const noexcept { return transposed_; }
  /// Number of rows of the factor: of `view()`, or of its transpose.
  [[nodiscard]] std::size_t rows() const noexcept { return transposed_ ? view_.cols() : view_.rows(); }
  /// Number of columns of the factor.
  [[nodiscard]] std::size_t cols() const noexcept { return transposed_ ? view_.rows() : view_.cols(); }

 private:
  matrix_view<const T> view_;
  bool transposed_ = false;
};

/// The transpose of a matrix as an operand of `gemm`; copies nothing.
template <class T>
[[nodiscard]] operand<T> transposed(const matrix<T>& m) noexcept {
  return {m, true};
}
/// The transpose of a view as an operand of `gemm`; copies nothing.
template <class T>
[[nodiscard]] operand<std::remove_const_t<T>> transposed(matrix_view<T> v) noexcept {
  return {v, true};
}
#if defined(__cpp_lib_mdspan)
/// A column-major mdspan as an operand of `gemm`, not transposed: its memory is the transpose of a view.
template <class U, class Extents>
requires(Extents::rank() == 2) [[nodiscard]] operand<std::remove_const_t<U>> column_major(
    const std::mdspan<U, Extents, std::layout_left>& m) {
  return {matrix_view<const std::remove_const_t<U>>(m.data_handle(), static_cast<std::size_t>(m.extent(1)),
                                                    static_cast<std::size_t>(m.extent(0))),
          true};
}
#endif
/// The transpose of an operand. Transposing twice gives the original operand.
template <class T>
[[nodiscard]] operand<T> transposed(operand<T> x) noexcept {
  return {x.view(), !x.is_transposed()};
}

}  // namespace twinpath::inline v0
