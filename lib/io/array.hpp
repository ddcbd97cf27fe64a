// SPDX-License-Identifier: MIT
// An array as NumPy's files hold it: an element type, a shape, and the elements in row-major order.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace twinpath::inline v0::detail::io {

/// The element types that are read and written: `<f4`, `<f8`, `<i4`, `<i8`, `|S<n>` and `<U<n>`.
enum class dtype { float32, float64, int32, int64, bytes, text };

/// Shapes of more dimensions are refused, as NumPy does.
constexpr std::size_t most_dimensions = 64;

template <class T>
concept array_element = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t>;

template <array_element T>
constexpr dtype dtype_of = std::same_as<T, float>          ? dtype::float32
                           : std::same_as<T, double>       ? dtype::float64
                           : std::same_as<T, std::int32_t> ? dtype::int32
                                                           : dtype::int64;

/// An array in someone else's memory.
struct array_view {
  dtype type = dtype::float32;
  std::size_t item_size = 4;        ///< bytes of an element
  std::vector<std::size_t> shape;   ///< of no dimension: one element
  std::span<const std::byte> data;  ///< row-major, little-endian; a string is filled up with zeros
};

/// An array with its memory.
///
/// `text` is UTF-32; who fills an array has it checked by `valid_text`. `bytes` holds anything.
/// Thread safety: as for a standard container.
struct array {
  dtype type = dtype::float32;
  std::size_t item_size = 4;
  std::vector<std::size_t> shape;
  std::vector<std::byte> data;

  /// All elements in row-major order. Throws std::invalid_argument when they are of another type.
  template <array_element T>
  [[nodiscard]] std::span<const T> elements() const {
    expect(dtype_of<T>);
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }

  /// The elements of an array of `text`, in UTF-8, or of `bytes`, as they are; without the zeros at the end.
  /// Throws std::invalid_argument when the array holds numbers.
  [[nodiscard]] std::vector<std::string> strings() const;

  /// Such as "int64 (3, 4)", for errors.
  [[nodiscard]] std::string describe() const;

  [[nodiscard]] array_view view() const { return {type, item_size, shape, data}; }

  friend bool operator==(const array&, const array&) = default;

 private:
  void expect(dtype wanted) const;
};

/// Throws std::invalid_argument unless the shape has that many elements.
void expect_count(std::size_t count, const std::vector<std::size_t>& shape);

/// A view of numbers. Throws std::invalid_argument when the shape asks for another number of them.
template <array_element T>
[[nodiscard]] array_view view_of(std::span<const T> elements, std::vector<std::size_t> shape) {
  expect_count(elements.size(), shape);
  return {dtype_of<T>, sizeof(T), std::move(shape), std::as_bytes(elements)};
}

/// An array of `text` from strings in UTF-8.
/// Throws std::invalid_argument when the shape asks for another number of them, or a string is not UTF-8 or
/// ends in a NUL, which NumPy cannot tell from what fills it up.
[[nodiscard]] array text_array(std::span<const std::string> strings, std::vector<std::size_t> shape);

/// Whether an array of `text` holds Unicode characters alone; true for every other type.
[[nodiscard]] bool valid_text(const array& a) noexcept;

/// The bytes that an array takes, where there can be so many.
[[nodiscard]] std::optional<std::size_t> bytes_of(const std::vector<std::size_t>& shape,
                                                  std::size_t item_size) noexcept;

/// Such as "(3, 4)", as Python writes it.
[[nodiscard]] std::string describe_shape(const std::vector<std::size_t>& shape);

}  // namespace twinpath::inline v0::detail::io
