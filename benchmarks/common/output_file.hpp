// SPDX-License-Identifier: MIT
// Output files, written as a whole.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace bench {

/// Reads the reason from `errno`, if it is not 0.
[[noreturn]] inline void fail_to_write(const std::filesystem::path& file) {
  const int error = errno;
  throw std::runtime_error(file.string() + ": cannot be written" +
                           (error == 0 ? "" : ": " + std::generic_category().message(error)));
}

/// Throws if a file cannot be opened for writing, so that the error comes before the work. Does not leave a
/// new file.
inline void require_writable(const std::filesystem::path& file) {
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(std::filesystem::symlink_status(file, ignored));
  errno = 0;
  if (!std::ofstream(file, std::ios::app)) fail_to_write(file);
  if (is_new) std::filesystem::remove(file, ignored);
}

inline void write_file(const std::filesystem::path& file, std::string_view text) {
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();  // flushes
  if (!out) fail_to_write(file);
}

}  // namespace bench
