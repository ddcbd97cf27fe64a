// SPDX-License-Identifier: MIT
// An array as in NumPy's files: an element type, a shape, and the elements in row-major order.
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

/// The element types in memory: `<f4`, `<f8`, `<i4`, `<i8`, `|S<n>` and `<U<n>`. Other numbers in files are
/// widened to one of them.
enum class dtype { float32, float64, int32, int64, bytes, text };

/// The largest number of dimensions, as in NumPy.
constexpr std::size_t most_dimensions = 64;

template <class T>
concept array_element = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t>;

template <array_element T>
constexpr dtype dtype_of = std::same_as<T, float>          ? dtype::float32
                           : std::same_as<T, double>       ? dtype::float64
                           : std::same_as<T, std::int32_t> ? dtype::int32
                                                           : dtype::int64;

/// A non-owning view of an array.
struct array_view {
  dtype type = dtype::float32;
  std::size_t item_size = 4;        ///< bytes per element
  std::vector<std::size_t> shape;   ///< empty for a scalar
  std::span<const std::byte> data;  ///< row-major, little-endian; strings are padded with zeros
};

/// An owning array.
///
/// `text` is UTF-32; code that fills an array must check it by `valid_text`. `bytes` may hold anything.
/// Thread safety: as for a standard container.
struct array {
  dtype type = dtype::float32;
  std::size_t item_size = 4;
  std::vector<std::size_t> shape;
  std::vector<std::byte> data;

  /// All elements in row-major order. Throws std::invalid_argument if their type is not T.
  template <array_element T>
  [[nodiscard]] std::span<const T> elements() const {
    expect(dtype_of<T>);
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }

  /// The elements of an array of `text`, in UTF-8, or of `bytes`, unchanged; without the padding zeros.
  /// Throws std::invalid_argument if the array holds numbers.
  [[nodiscard]] std::vector<std::string> strings() const;

  /// Type and shape for error messages, such as "int64 (3, 4)".
  [[nodiscard]] std::string describe() const;

  [[nodiscard]] array_view view() const { return {type, item_size, shape, data}; }

  friend bool operator==(const array&, const array&) = default;

 private:
  void expect(dtype wanted) const;
};

/// Throws std::invalid_argument unless the shape has `count` elements.
void expect_count(std::size_t count, const std::vector<std::size_t>& shape);

/// A view of numbers. Throws std::invalid_argument if the shape has another number of elements.
template <array_element T>
[[nodiscard]] array_view view_of(std::span<const T> elements, std::vector<std::size_t> shape) {
  expect_count(elements.size(), shape);
  return {dtype_of<T>, sizeof(T), std::move(shape), std::as_bytes(elements)};
}

/// An array of `text` from strings in UTF-8.
/// Throws std::invalid_argument if the shape has another number of elements, or a string is not UTF-8 or ends
/// in a NUL, which NumPy cannot distinguish from padding.
[[nodiscard]] array text_array(std::span<const std::string> strings, std::vector<std::size_t> shape);

/// Whether all elements of an array of `text` are valid Unicode; true for other types.
[[nodiscard]] bool valid_text(const array& a) noexcept;

/// The size of an array in bytes; nothing if it exceeds the address space.
[[nodiscard]] std::optional<std::size_t> bytes_of(const std::vector<std::size_t>& shape,
                                                  std::size_t item_size) noexcept;

/// A shape in Python's notation, such as "(3, 4)".
[[nodiscard]] std::string describe_shape(const std::vector<std::size_t>& shape);

}  // namespace twinpath::inline v0::detail::io
