// SPDX-License-Identifier: MIT
#include "io/replacement_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "io/npz.hpp"
#include "support/catch.hpp"
#include "support/size_limit.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
namespace io = twinpath::detail::io;

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

void save(const fs::path& target, std::string_view text) {
  io::replacement_file file(target);
  file.write(bytes(text));
  file.commit();
}

/// The error message without the name of the file.
template <class Call>
std::string error_of(const fs::path& target, Call call) {
  try {
    call();
  } catch (const std::runtime_error& e) {
    const std::string what = e.what();
    const std::string name = target.string() + ": ";
    return what.starts_with(name) ? what.substr(name.size()) : "the file is not named: " + what;
  }
  return "no error";
}

std::string save_error(const fs::path& target) {
  return error_of(target, [&] { save(target, "new"); });
}

mode_t mode_of(const fs::path& file) {
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

}  // namespace

TEST_CASE("a file is made or replaced", "[replacement]") {
  const temporary_folder folder;
  save(folder / "x", "first");
  CHECK(read_file(folder / "x") == "first");
  save(folder / "x", "2");
  CHECK(read_file(folder / "x") == "2");
  CHECK(folder.entries() == 1);
}

TEST_CASE("the old file stays until commit", "[replacement]") {
  const temporary_folder folder;
  write_file(folder / "x", "old");
  {
    io::replacement_file file(folder / "x");
    file.write(bytes("new"));
    CHECK(read_file(folder / "x") == "old");
    CHECK(folder.entries() == 2);
  }
  CHECK(read_file(folder / "x") == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("bytes are written at the position", "[replacement]") {
  const temporary_folder folder;
  io::replacement_file file(folder / "x");
  file.write(bytes("abcdef"));
  file.seek(2);
  file.write(bytes("XY"));
  CHECK(file.position() == 4);
  file.commit();
  CHECK(read_file(folder / "x") == "abXYef");
}

TEST_CASE("a file name without a folder is in the current one", "[replacement]") {
  const temporary_folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const std::string error = save_error("x");
  fs::current_path(before);
  CHECK(error == "no error");
  CHECK(read_file(folder / "x") == "new");
}

TEST_CASE("the target of a symbolic link is replaced", "[replacement]") {
  const temporary_folder folder;
  fs::create_directory(folder / "there");
  write_file(folder / "there" / "x", "old");
  fs::create_symlink("there/x", folder / "relative");
  fs::create_symlink(folder / "relative", folder / "absolute");
  save(folder / "absolute", "new");
  CHECK(read_file(folder / "there" / "x") == "new");
  CHECK(fs::is_symlink(folder / "relative"));
  CHECK(fs::is_symlink(folder / "absolute"));

  fs::create_symlink("there/y", folder / "dangling");
  save(folder / "dangling", "made");
  CHECK(read_file(folder / "there" / "y") == "made");
  CHECK(fs::is_symlink(folder / "dangling"));

  fs::create_symlink("loop", folder / "loop");
  CHECK(save_error(folder / "loop") == "Too many levels of symbolic links");
}

TEST_CASE("permissions are kept, and a new file has the default ones", "[replacement]") {
  const temporary_folder folder;
  write_file(folder / "x", "old");
  for (const mode_t mode : {0600u, 0640u, 0666u, 0755u}) {
    REQUIRE(::chmod((folder / "x").c_str(), mode) == 0);
    save(folder / "x", "new");
    CHECK(mode_of(folder / "x") == mode);
  }
  const mode_t mask = ::umask(027);
  save(folder / "y", "new");
  ::umask(mask);
  CHECK(mode_of(folder / "y") == 0640);
}

TEST_CASE("only regular files are replaced", "[replacement]") {
  const temporary_folder folder;
  CHECK(save_error(folder.path()) == "Is a directory");
  CHECK(save_error(folder / "") == "Is a directory");
  CHECK(save_error("/dev/null") == "not a regular file");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(save_error(folder / "missing" / "x") ==
        "cannot create a temporary file in its folder: No such file or directory");
  write_file(folder / "file", "");
  CHECK(save_error(folder / "file" / "x") == "Not a directory");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a full disk leaves the old file and nothing else", "[replacement]") {
  const temporary_folder folder;
  const std::vector<float> numbers(10'000);
  const io::named_view views[] = {{"a", io::view_of(std::span<const float>(numbers), {10'000})}};
  write_file(folder / "x.npz", "old");
  for (const rlim_t size : {0u, 1u, 100u, 5'000u, 40'000u, 40'200u}) {
    CAPTURE(size);
    std::string error;
    {
      const size_limit limit(size);
      error = error_of(folder / "x.npz", [&] { io::write_npz(folder / "x.npz", views); });
    }
    CHECK(error == "writing failed: File too large");
    CHECK(read_file(folder / "x.npz") == "old");
    CHECK(folder.entries() == 1);
  }
  io::write_npz(folder / "x.npz", views);
  CHECK(io::read_npz(folder / "x.npz").size() == 1);
}

TEST_CASE("a write-protected file is not replaced", "[replacement]") {
  if (::geteuid() == 0) {
    WARN("root may write everywhere");
    return;
  }
  const temporary_folder folder;
  fs::create_directory(folder / "closed");
  write_file(folder / "closed" / "x", "old");
  REQUIRE(::chmod((folder / "closed").c_str(), 0555) == 0);
  const std::string in_folder = save_error(folder / "closed" / "x");
  REQUIRE(::chmod((folder / "closed").c_str(), 0755) == 0);
  CHECK(in_folder == "cannot create a temporary file in its folder: Permission denied");

  REQUIRE(::chmod((folder / "closed" / "x").c_str(), 0444) == 0);
  CHECK(save_error(folder / "closed" / "x") == "Permission denied");
  CHECK(read_file(folder / "closed" / "x") == "old");
}
