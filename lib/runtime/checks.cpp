// SPDX-License-Identifier: MIT
#include "runtime/checks.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace twinpath::inline v0::detail {

std::string shape_text(std::size_t rows, std::size_t cols) {
  return std::to_string(rows) + "x" + std::to_string(cols);
}

std::string number_text(double x) {
  std::array<char, 32> digits{};  // the longest is "-2.2250738585072014e-308"
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr};
}

std::string number_text(double x, int digits) {
  std::array<char, 32> text{};
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::general, digits).ptr};
}

void fail(std::string_view function, const std::string& what) {
  throw std::invalid_argument(std::string(function) + ": " + what);
}

void fail_shape(std::string_view function, std::string_view name, std::size_t rows, std::size_t cols,
                std::size_t expected_rows, std::size_t expected_cols) {
  fail(function, std::string(name) + " is " + shape_text(rows, cols) + ", expected " +
                     shape_text(expected_rows, expected_cols));
}

void fail_size(std::string_view function, std::string_view name, std::size_t size, std::size_t expected) {
  fail(function, std::string(name) + " has " + std::to_string(size) + " elements, expected " +
                     std::to_string(expected));
}

void fail_overlap(std::string_view function, std::string_view output, std::string_view other) {
  fail(function, std::string(output) + " overlaps " + std::string(other));
}

void fail_option(std::string_view function, std::string_view name, int value, int last) {
  fail(function,
       std::string(name) + " " + std::to_string(value) + " is not one of 0 to " + std::to_string(last));
}

void fail_view(const void* data, std::size_t rows, std::size_t cols, std::size_t stride) {
  if (data == nullptr) fail("matrix_view", "the pointer to " + shape_text(rows, cols) + " elements is null");
  fail("matrix_view",
       "stride " + std::to_string(stride) + " is below the columns of " + shape_text(rows, cols));
}

void fail_block(std::size_t row, std::size_t col, std::size_t rows, std::size_t cols, std::size_t all_rows,
                std::size_t all_cols) {
  fail("block", shape_text(rows, cols) + " at (" + std::to_string(row) + ", " + std::to_string(col) +
                    ") is not inside " + shape_text(all_rows, all_cols));
}

void fail_span(std::size_t size, std::size_t rows, std::size_t cols) {
  fail("matrix_view",
       "a span of " + std::to_string(size) + " elements is too short for " + shape_text(rows, cols));
}

void fail_row_list(std::size_t row, std::size_t size, std::size_t cols) {
  fail("matrix", "row " + std::to_string(row) + " has " + std::to_string(size) + " elements, row 0 has " +
                     std::to_string(cols));
}

void fail_matrix_size(std::size_t rows, std::size_t cols) {
  fail("matrix", shape_text(rows, cols) + " elements exceed the address space");
}

void fail_last_stride(std::size_t stride) {
  fail("matrix_view", "the columns of the mdspan are " + std::to_string(stride) +
                          " elements apart; a column-major matrix is the transpose of a view");
}

bool identical(const rectangle& a, const rectangle& b) noexcept {
  const bool same_stride = a.stride == b.stride || (a.rows <= 1 && b.rows <= 1);
  return a.data == b.data && a.rows == b.rows && a.cols == b.cols && same_stride && a.size == b.size;
}

bool overlap_row_by_row(const rectangle& a, const rectangle& b) noexcept {
  const auto begin = [](const rectangle& r, std::size_t row) {
    return reinterpret_cast<std::uintptr_t>(r.data) + row * r.stride * r.size;
  };
  const auto end = [&](const rectangle& r, std::size_t row) { return begin(r, row) + r.cols * r.size; };

  // For each row of a, only the rows of b around the same address can share an
  // element.
  const std::size_t b_step = b.stride * b.size;
  for (std::size_t i = 0; i < a.rows; ++i) {
    const std::uintptr_t first = begin(a, i);
    const std::uintptr_t last = end(a, i);
    if (last <= begin(b, 0)) continue;
    if (first >= end(b, b.rows - 1)) break;
    std::size_t row = first <= begin(b, 0) ? 0 : (first - begin(b, 0)) / b_step;
    for (; row < b.rows && begin(b, row) < last; ++row) {
      if (end(b, row) > first) return true;
    }
  }
  return false;
}

}  // namespace twinpath::inline v0::detail
