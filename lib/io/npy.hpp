// SPDX-License-Identifier: MIT
// NumPy's .npy format: an array as its header and its elements.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "array.hpp"

namespace twinpath::inline v0::detail::io {

/// Fills the whole span with the bytes that come next, or throws.
using byte_source = std::function<void(std::span<std::byte>)>;

/// Reads a file of `size` bytes in version 1, 2 or 3 to its end.
///
/// Big-endian elements are swapped and Fortran order becomes row-major. Memory is taken only when the header
/// and the size agree. Throws std::runtime_error, without a file's name, when something is wrong, and what
/// the source throws.
[[nodiscard]] array read_npy(std::uint64_t size, const byte_source& next);

/// The same from memory.
[[nodiscard]] array read_npy(std::span<const std::byte> file);

/// What comes before the elements in a file of version 1: they follow as they are, `a.data`.
/// Throws std::invalid_argument when NumPy could not read it, or the data has not the size of the shape.
[[nodiscard]] std::string npy_preamble(const array_view& a);

}  // namespace twinpath::inline v0::detail::io
