// SPDX-License-Identifier: MIT
// NumPy's .npz format: a zip file of arrays, each in an .npy file with the array's name.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "array.hpp"

namespace twinpath::inline v0::detail::io {

/// Arrays by their names, which are in UTF-8 and without ".npy".
using named_arrays = std::map<std::string, array, std::less<>>;

/// Reads all arrays of a file as numpy.savez and numpy.savez_compressed write it.
///
/// Memory is taken as far as the file can fill it, whatever its headers say. Checksums are compared.
/// Throws std::runtime_error with the file's name, the member's where it is one, and what is wrong.
/// Thread safety: any number of threads may read at once.
[[nodiscard]] named_arrays read_npz(const std::filesystem::path& file);

/// An array to be written, in someone else's memory.
struct named_view {
  std::string name;  ///< in UTF-8, without ".npy"
  array_view array;
};

/// Writes the arrays in their order, not compressed, as numpy.savez does; the same arrays give the same bytes
/// under one version of libzip. The file takes the target's place when it is complete, see replacement_file.
///
/// Throws std::invalid_argument before anything is written when there is no array, a name is empty, comes
/// twice, has a NUL, is not UTF-8 or is beyond 65531 bytes, or NumPy could not read an array. Throws
/// std::runtime_error with the file's name when it cannot be written; then the old file is what it was.
/// Thread safety: see replacement_file; the arrays must not change meanwhile.
void write_npz(const std::filesystem::path& file, std::span<const named_view> arrays);

/// The same for arrays that were read, or made.
void write_npz(const std::filesystem::path& file, const named_arrays& arrays);

}  // namespace twinpath::inline v0::detail::io
