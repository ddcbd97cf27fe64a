// SPDX-License-Identifier: MIT
// Labelled examples from a CSV file.
#pragma once

#include <cstddef>
#include <filesystem>

#include "common/dataset.hpp"

namespace digits {

using bench::data_error;
using bench::dataset;

/// Reads lines of `inputs` numbers followed by a class 0 … `classes` - 1, separated by commas. Lines end with
/// LF or CRLF; blank lines are allowed at the end only. Every input is multiplied by `scale`. Throws
/// data_error at the first invalid line.
[[nodiscard]] dataset read_csv(const std::filesystem::path& file, std::size_t inputs, std::size_t classes,
                               float scale);

}  // namespace digits
