// SPDX-License-Identifier: MIT
// The dictionary at the beginning of an .npy file, such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "array.hpp"

namespace twinpath::inline v0::detail::io {

struct npy_header {
  dtype type = dtype::float32;
  std::size_t item_size = 4;  ///< in the file
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  /// Appends one little-endian number of the file, as one of `type`; null if the file has that type.
  void (*widen)(const std::byte*, std::vector<std::byte>&) = nullptr;
};

/// Parses the dictionary; whitespace around it is allowed.
/// Throws std::runtime_error if NumPy would not write it so, or the element type is not supported.
[[nodiscard]] npy_header parse_npy_header(std::string_view text);

/// The dictionary of an array in row-major order.
/// Throws std::invalid_argument if NumPy could not read it: more than 64 dimensions, or elements of size 0.
[[nodiscard]] std::string format_npy_header(const array_view& a);

}  // namespace twinpath::inline v0::detail::io
