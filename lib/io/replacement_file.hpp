// SPDX-License-Identifier: MIT
// Atomic replacement of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace twinpath::inline v0::detail::io {

/// A temporary file next to the target. `commit` renames it to the target; without that the destructor
/// removes it.
///
/// A reader of the target finds the complete old or the complete new file at any time, also after a power
/// failure. If the target is a symbolic link, the file that it refers to is replaced. The permissions of a
/// replaced file are kept, and its owner and group if the system allows it; hard links keep the old content.
/// A killed process leaves the temporary file, `.twinpath-*.tmp`.
///
/// All errors are std::runtime_error with the name of the target and the reason.
/// Thread safety: one thread may use an object. If two objects replace the same target, the last commit wins.
class replacement_file {
 public:
  /// Throws if the folder does not exist or is not writable, or the target exists but is not a regular file
  /// or not writable.
  explicit replacement_file(const std::filesystem::path& target);
  ~replacement_file();
  replacement_file(const replacement_file&) = delete;
  replacement_file& operator=(const replacement_file&) = delete;

  /// Writes all bytes at the position and advances it. Throws if that fails, for instance on a full disk.
  void write(std::span<const std::byte> bytes);

  /// Sets the position of the next write.
  void seek(std::uint64_t position) noexcept { position_ = position; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  /// Flushes the file to disk and replaces the target.
  /// If this throws, the target is unchanged, with one exception that the error states: the file was replaced
  /// but its folder could not be flushed to disk.
  void commit();

 private:
  [[noreturn]] void fail(int error, const char* what) const;
  void open_temporary();
  void close_file() noexcept;

  std::filesystem::path name_;       // as given by the caller, for errors
  std::filesystem::path target_;     // absolute, symbolic links resolved
  std::filesystem::path temporary_;  // empty if there is none
  std::uint64_t position_ = 0;
  int file_ = -1;
};

}  // namespace twinpath::inline v0::detail::io
