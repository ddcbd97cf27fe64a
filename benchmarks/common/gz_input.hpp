// SPDX-License-Identifier: MIT
// A file that may be compressed with gzip.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace bench {

/// Reads the content sequentially and decompresses it if the file has gzip's format; its name does not
/// matter. Read errors throw data_error, including damage that gzip's checksum detects.
class gz_input {
 public:
  explicit gz_input(const std::filesystem::path& file);

  /// Fills the span with the next bytes and returns their number. If that is less than the size of the span,
  /// the file has ended and its checksum was correct.
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
