// SPDX-License-Identifier: MIT
// Checks of arguments, made before anything is written. Each throws std::invalid_argument with the shapes in
// the text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <twinpath/activation.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0::detail {

/// "10x3"
[[nodiscard]] std::string shape_text(std::size_t rows, std::size_t cols);

/// The shortest text that reads back as the same number, whatever the locale: "1e-50", "0.1", "inf".
[[nodiscard]] std::string number_text(double x);
/// The same rounded to significant digits, as "%.*g" in the locale "C".
[[nodiscard]] std::string number_text(double x, int digits);

[[noreturn]] void fail(std::string_view function, const std::string& what);
[[noreturn]] void fail_shape(std::string_view function, std::string_view name, std::size_t rows,
                             std::size_t cols, std::size_t expected_rows, std::size_t expected_cols);
[[noreturn]] void fail_size(std::string_view function, std::string_view name, std::size_t size,
                            std::size_t expected);
[[noreturn]] void fail_overlap(std::string_view function, std::string_view output, std::string_view other);
[[noreturn]] void fail_option(std::string_view function, std::string_view name, int value, int last);

/// Requires an enumerator, 0 to `last`: a cast can give an enumeration any other value.
template <class Option>
void check_option(std::string_view function, std::string_view name, Option value, Option last) {
  if (value < Option{} || value > last) [[unlikely]]
    fail_option(function, name, static_cast<int>(value), static_cast<int>(last));
}
template <class Option>
void check_option(std::string_view function, std::string_view name, Option value) {
  check_option(function, name, value, static_cast<Option>(option_count<Option> - 1));
}
inline void check_option(std::string_view function, activation f) {
  check_option(function, "activation", f);
}
inline void check_option(std::string_view function, loss which) {
  check_option(function, "loss", which);
}
inline void check_option(std::string_view function, reduction how) {
  check_option(function, "reduction", how);
}

/// A rectangle of elements of `size` bytes each, for `overlap`.
struct rectangle {
  const void* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;
  std::size_t size = 1;

  template <class T>
  rectangle(matrix_view<T> v) noexcept
      : data(v.data()), rows(v.rows()), cols(v.cols()), stride(v.stride()), size(sizeof(T)) {}
  template <class T>
  rectangle(std::span<T> s) noexcept
      : data(s.data()), rows(1), cols(s.size()), stride(s.size()), size(sizeof(T)) {}
};

/// `overlap` of rectangles whose address ranges intersect.
[[nodiscard]] bool overlap_row_by_row(const rectangle& a, const rectangle& b) noexcept;

/// Whether two rectangles share an element. Two column blocks of one buffer do not.
[[nodiscard]] inline bool overlap(const rectangle& a, const rectangle& b) noexcept {
  if (a.rows == 0 || a.cols == 0 || b.rows == 0 || b.cols == 0) return false;
  const auto end = [](const rectangle& r) {
    return static_cast<const char*>(r.data) + ((r.rows - 1) * r.stride + r.cols) * r.size;
  };
  if (end(a) <= b.data || end(b) <= a.data) return false;
  return overlap_row_by_row(a, b);
}
/// Whether two rectangles have the same elements in the same order.
[[nodiscard]] bool identical(const rectangle& a, const rectangle& b) noexcept;

template <class T>
void check_shape(std::string_view function, std::string_view name, matrix_view<T> v, std::size_t rows,
                 std::size_t cols) {
  if (v.rows() != rows || v.cols() != cols) [[unlikely]] {
    fail_shape(function, name, v.rows(), v.cols(), rows, cols);
  }
}

template <class T>
void check_size(std::string_view function, std::string_view name, std::span<T> s, std::size_t expected) {
  if (s.size() != expected) [[unlikely]]
    fail_size(function, name, s.size(), expected);
  if (expected != 0 && s.data() == nullptr) [[unlikely]]
    fail(function, std::string(name) + " is null");
}

/// Whether an optional operand was passed. An empty view with a non-zero shape counts as passed, so that a
/// forgotten allocation is reported as a shape error.
template <class T>
[[nodiscard]] bool is_given(matrix_view<T> v) noexcept {
  return v.data() != nullptr || v.rows() != 0 || v.cols() != 0;
}

/// Requires that an output shares no element with another operand.
inline void check_disjoint(std::string_view function, std::string_view output, const rectangle& a,
                           std::string_view other, const rectangle& b) {
  if (overlap(a, b)) [[unlikely]]
    fail_overlap(function, output, other);
}

/// Requires that an output is exactly its input, or shares no element with it.
inline void check_same_or_disjoint(std::string_view function, std::string_view output, const rectangle& a,
                                   std::string_view other, const rectangle& b) {
  if (!identical(a, b)) check_disjoint(function, output, a, other, b);
}

}  // namespace twinpath::inline v0::detail
