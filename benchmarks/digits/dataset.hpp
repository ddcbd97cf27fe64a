// SPDX-License-Identifier: MIT
// Labelled examples from a CSV file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include <twinpath/matrix.hpp>

namespace digits {

/// One example a row, with its class.
struct dataset {
  twinpath::matrix<float> inputs;
  std::vector<std::int32_t> classes;
};

/// A file that is not what it should be; the text begins with the file's name and, where there is one, the
/// line.
struct data_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads lines of `inputs` numbers followed by a class 0 … `classes` - 1, separated by commas. Lines end with
/// LF or CRLF; blank lines are allowed at the end only. Every input is multiplied by `scale`. Throws
/// data_error at the first line that is wrong.
[[nodiscard]] dataset read_csv(const std::filesystem::path& file, std::size_t inputs, std::size_t classes,
                               float scale);

}  // namespace digits
