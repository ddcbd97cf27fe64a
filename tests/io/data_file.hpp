// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

/// A file of tests/io/data.
[[nodiscard]] inline std::filesystem::path data_file(std::string_view name) {
  return std::filesystem::path(TWINPATH_IO_DATA_DIR) / name;
}
