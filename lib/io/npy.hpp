// SPDX-License-Identifier: MIT
// NumPy's .npy format: a header and the elements of an array.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "array.hpp"

namespace twinpath::inline v0::detail::io {

/// Fills the whole span with the next bytes, or throws.
using byte_source = std::function<void(std::span<std::byte>)>;

/// Reads a file of `size` bytes in format version 1, 2 or 3.
///
/// Converts big-endian elements to little-endian and Fortran order to row-major. Allocates only if the header
/// and the size agree. Throws std::runtime_error, without the name of the file, if the file is invalid, and
/// whatever the source throws.
[[nodiscard]] array read_npy(std::uint64_t size, const byte_source& next);

/// The same from memory.
[[nodiscard]] array read_npy(std::span<const std::byte> file);

/// The part of a file before the elements, in format version 1. `a.data` follows it unchanged.
/// Throws std::invalid_argument if NumPy could not read the array, or the data does not have the size of the
/// shape.
[[nodiscard]] std::string npy_preamble(const array_view& a);

}  // namespace twinpath::inline v0::detail::io
