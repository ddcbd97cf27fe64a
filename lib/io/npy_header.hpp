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
  std::size_t item_size = 4;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// Reads the dictionary; blanks and line ends around it are allowed.
/// Throws std::runtime_error for what NumPy would not write, and for element types that no array here can
/// have.
[[nodiscard]] npy_header parse_npy_header(std::string_view text);

/// The dictionary of an array in row-major order.
/// Throws std::invalid_argument when NumPy could not read it: more than 64 dimensions, or strings of no size.
[[nodiscard]] std::string format_npy_header(const array_view& a);

}  // namespace twinpath::inline v0::detail::io
