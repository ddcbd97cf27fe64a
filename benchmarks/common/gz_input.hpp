// SPDX-License-Identifier: MIT
// A file that may be compressed by gzip.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace bench {

/// Reads the content from front to back, decompressed where the file is in gzip's format, whatever its name.
/// What cannot be read throws data_error, damage that gzip's checksum tells included.
class gz_input {
 public:
  explicit gz_input(const std::filesystem::path& file);

  /// Fills the span, or as much of it as there still is; returns how much. The checksum has been compared
  /// when it returns less than was asked for.
  std::size_t read(std::span<unsigned char> bytes);

  /// Throws data_error with the file's name before the text.
  [[noreturn]] void fail(const std::string& text) const;

 private:
  struct closer {
    void operator()(gzFile file) const noexcept { ::gzclose_r(file); }
  };

  std::filesystem::path name_;
  std::unique_ptr<gzFile_s, closer> file_;
};

}  // namespace bench
