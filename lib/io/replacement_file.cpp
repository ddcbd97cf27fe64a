// SPDX-License-Identifier: MIT
#include "replacement_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace twinpath::inline v0::detail::io {
namespace {

/// Resolves symbolic links at the end of a path. Unlike canonical, accepts a target that does not exist.
std::filesystem::path without_links(std::filesystem::path path) {
  constexpr int most_links = 40;  // the limit of Linux
  for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(path)); ++links) {
    if (links == most_links) throw std::system_error(ELOOP, std::generic_category());
    path = path.parent_path() / std::filesystem::read_symlink(path);
  }
  return path;
}

std::string unused_name() {
  std::random_device random;
  const std::uint64_t number = std::uint64_t{random()} << 32 | random();
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return ".twinpath-" + std::string(digits.data(), end) + ".tmp";
}

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

replacement_file::replacement_file(const std::filesystem::path& target) : name_(target) {
  try {
    target_ = without_links(std::filesystem::absolute(target));
  } catch (const std::system_error& e) {
    fail(e.code().value(), nullptr);
  }
  if (!target_.has_filename()) fail(EISDIR, nullptr);
  open_temporary();
}

replacement_file::~replacement_file() {
  close_file();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void replacement_file::open_temporary() {
  struct stat old {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  if (!exists && errno != ENOENT) fail(errno, nullptr);
  if (exists) {
    if (S_ISDIR(old.st_mode)) fail(EISDIR, nullptr);
    // Renaming over a device would remove it.
    if (!S_ISREG(old.st_mode)) fail(0, "not a regular file");
    // rename checks only the folder's permission; a write-protected file must stay.
    if (::faccessat(AT_FDCWD, target_.c_str(), W_OK, AT_EACCESS) != 0) fail(errno, nullptr);
  }

  // Not readable by others before it has the permissions of the old file.
  const mode_t mode = exists ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  std::filesystem::path path;
  do {
    path = target_.parent_path() / unused_name();
    file_ = retried([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); });
  } while (file_ < 0 && errno == EEXIST);
  if (file_ < 0) fail(errno, "cannot create a temporary file in its folder");
  temporary_ = std::move(path);

  // The destructor does not run if the constructor throws.
  try {
    if (exists) {
      constexpr auto same = std::numeric_limits<uid_t>::max();
      if (::fchown(file_, old.st_uid, old.st_gid) != 0 && ::fchown(file_, same, old.st_gid) != 0) {
        // Ignored: only root may change the owner.
      }
      constexpr mode_t permissions = S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO;
      if (::fchmod(file_, old.st_mode & permissions) != 0) fail(errno, "its permissions cannot be kept");
    }
  } catch (...) {
    close_file();
    ::unlink(temporary_.c_str());
    throw;
  }
}

void replacement_file::write(std::span<const std::byte> bytes) {
  // Linux writes at most 2 GiB minus a page per call.
  constexpr std::size_t most = std::size_t{1} << 30;
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), most);
    const auto written =
        retried([&] { return ::pwrite(file_, bytes.data(), size, static_cast<off_t>(position_)); });
    if (written < 0) fail(errno, "writing failed");
    if (written == 0) fail(ENOSPC, "writing failed");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    position_ += static_cast<std::uint64_t>(written);
  }
}

void replacement_file::commit() {
  const std::filesystem::path folder_name = target_.parent_path();  // may throw, so before the rename
  if (retried([&] { return ::fsync(file_); }) != 0) fail(errno, "writing failed");
  // Network file systems may report a full disk only here.
  if (::close(std::exchange(file_, -1)) != 0 && errno != EINTR) fail(errno, "writing failed");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno, "renaming failed");
  temporary_.clear();

  const int folder = retried([&] { return ::open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  // A folder without read permission cannot be flushed, nor can folders of some file systems.
  if (folder < 0) return;
  const int error = retried([&] { return ::fsync(folder); }) == 0 ? 0 : errno;
  ::close(folder);
  if (error == EIO) fail(error, "written, but may be lost in a power failure");
}

void replacement_file::close_file() noexcept {
  if (file_ >= 0) ::close(std::exchange(file_, -1));
}

void replacement_file::fail(int error, const char* what) const {
  std::string text = name_.string();
  if (what != nullptr) text += std::string(": ") + what;
  if (error != 0) text += ": " + std::generic_category().message(error);
  throw std::runtime_error(text);
}

}  // namespace twinpath::inline v0::detail::io
