// SPDX-License-Identifier: MIT
// NumPy's .npz format: a zip file with one .npy file for each array, named after it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "array.hpp"

namespace twinpath::inline v0::detail::io {

/// Arrays by name. Names are UTF-8, without ".npy".
using named_arrays = std::map<std::string, array, std::less<>>;

/// Reads all arrays of a file written by numpy.savez or numpy.savez_compressed.
///
/// Allocates no more memory than the data of the file can fill, whatever its headers say. Verifies checksums.
/// Throws std::runtime_error with the name of the file, that of the member if there is one, and the reason.
/// Thread safe.
[[nodiscard]] named_arrays read_npz(const std::filesystem::path& file);

/// A named view of an array to be written.
struct named_view {
  std::string name;  ///< UTF-8, without ".npy"
  array_view array;
};

/// Writes the arrays in the given order, uncompressed like numpy.savez. The same arrays give the same bytes
/// with the same version of libzip. The complete file replaces the target, see replacement_file.
///
/// Throws std::invalid_argument, before anything is written, if there is no array, a name is empty, a
/// duplicate, contains a NUL, is not UTF-8 or is longer than 65531 bytes, or NumPy could not read an array.
/// Throws std::runtime_error with the name of the file if it cannot be written; an existing file is then
/// unchanged.
/// Thread safety: see replacement_file; the arrays must not change during the call.
void write_npz(const std::filesystem::path& file, std::span<const named_view> arrays);

/// The same for owning arrays.
void write_npz(const std::filesystem::path& file, const named_arrays& arrays);

}  // namespace twinpath::inline v0::detail::io
