// SPDX-License-Identifier: MIT
// A file that takes another one's place when all of it is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace twinpath::inline v0::detail::io {

/// A temporary file beside the target; `commit` moves it there, the destructor removes it otherwise.
///
/// Whoever opens the target finds the old file or the new one, at any time and after a loss of power. Where
/// the target is a symbolic link, the file it leads to is replaced. The permissions of a file that is
/// replaced are kept, and its owner and group where the system allows that; hard links to it keep the old
/// content. A process that is killed leaves the temporary file, `.twinpath-*.tmp`, behind.
///
/// All errors are std::runtime_error with the target's name and the reason.
/// Thread safety: an object is for one thread. Of two that replace the same target the last commit wins.
class replacement_file {
 public:
  /// Throws when the folder does not exist or may not be written to, or the target is there but is not a
  /// regular file or may not be written to.
  explicit replacement_file(const std::filesystem::path& target);
  ~replacement_file();
  replacement_file(const replacement_file&) = delete;
  replacement_file& operator=(const replacement_file&) = delete;

  /// Writes all of it at the position, which moves to its end. Throws when that is not possible, such as for
  /// want of space.
  void write(std::span<const std::byte> bytes);

  /// Moves the position.
  void seek(std::uint64_t position) noexcept { position_ = position; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  /// Makes it durable and puts it in the target's place.
  /// When this throws the target is what it was; save for one error that says so, when the file is in place
  /// but its folder could not be made durable.
  void commit();

 private:
  [[noreturn]] void fail(int error, const char* what) const;
  void open_temporary();
  void close_file() noexcept;

  std::filesystem::path name_;       // as the caller wrote it, for errors
  std::filesystem::path target_;     // absolute, without a link at its end
  std::filesystem::path temporary_;  // empty when there is none
  std::uint64_t position_ = 0;
  int file_ = -1;
};

}  // namespace twinpath::inline v0::detail::io
