// SPDX-License-Identifier: MIT
// Damaged and foreign .npz files.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "data_file.hpp"
#include "io/npz.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace std::string_literals;
namespace io = twinpath::detail::io;

/// The arrays, or nothing after an error, which must begin with the name of the file.
std::optional<io::named_arrays> read_or_fail(const std::filesystem::path& file) {
  try {
    return io::read_npz(file);
  } catch (const std::runtime_error& e) {
    if (!std::string_view(e.what()).starts_with(file.string() + ": ")) {
      throw std::logic_error("the file is not named: "s + e.what());
    }
    return std::nullopt;
  }
}

/// The error message without the name of the file.
std::string error_of(const std::filesystem::path& file) {
  try {
    (void)io::read_npz(file);
  } catch (const std::runtime_error& e) {
    const std::string what = e.what();
    const std::string name = file.string() + ": ";
    return what.starts_with(name) ? what.substr(name.size()) : "the file is not named: " + what;
  }
  return "no error";
}

std::string error_of_text(std::string_view text) {
  const temporary_folder folder;
  write_file(folder / "x.npz", text);
  return error_of(folder / "x.npz");
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  std::size_t at = 0;
  REQUIRE(text.find(from) != text.npos);
  while ((at = text.find(from, at)) != text.npos) text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("each prefix of a file is an error", "[damaged]") {
  const temporary_folder folder;
  const std::string bytes =
      read_file(data_file(GENERATE("savez_compressed.npz", "versions.npz", "zip64.npz")));
  write_file(folder / "x.npz", bytes);
  for (std::size_t length = bytes.size(); length-- > 0;) {
    std::filesystem::resize_file(folder / "x.npz", length);
    CAPTURE(length);
    CHECK_FALSE(read_or_fail(folder / "x.npz").has_value());
  }
}

TEST_CASE("a file with one changed byte is an error or gives the same arrays", "[damaged]") {
  const temporary_folder folder;
  const std::string name = GENERATE("savez.npz", "savez_compressed.npz", "zip64.npz");
  const std::string bytes = read_file(data_file(name));
  const io::named_arrays arrays = io::read_npz(data_file(name));
  write_file(folder / "x.npz", bytes);
  std::fstream file(folder / "x.npz", std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](std::size_t at, char byte) {
    REQUIRE(file.seekp(static_cast<std::streamoff>(at)).put(byte).flush());
  };
  for (const char mask : {'\x01', '\x10', '\x80', '\xFF'}) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      put(at, static_cast<char>(bytes[at] ^ mask));
      const auto read = read_or_fail(folder / "x.npz");
      put(at, bytes[at]);
      CAPTURE(name, at, int{mask});
      CHECK((!read.has_value() || *read == arrays));
    }
  }
}

TEST_CASE("the error for a file that is not a zip file names it", "[damaged]") {
  CHECK(error_of_text("") == "the file is empty");
  CHECK(error_of_text("a,b,c\n1,2,3\n") == "not a complete zip archive");
  CHECK(error_of_text(std::string(100'000, 'x')) == "not a complete zip archive");
  CHECK(error_of_text("\x93NUMPY\x01\0"s) == "not a complete zip archive");
}

TEST_CASE("the error for an unreadable file names it", "[damaged]") {
  const temporary_folder folder;
  CHECK(error_of(folder / "missing.npz") == "No such file or directory");
  CHECK(error_of(folder / "missing" / "x.npz") == "No such file or directory");
  CHECK(error_of(folder.path()) == "Is a directory");
  CHECK(error_of("/dev/null") == "not a regular file");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(error_of(folder / "pipe") == "not a regular file");
  write_file(folder / "secret.npz", "x");
  std::filesystem::permissions(folder / "secret.npz", std::filesystem::perms::none);
  if (::geteuid() != 0) {
    CHECK(error_of(folder / "secret.npz") == "Can't open file: Permission denied");
  }
}

TEST_CASE("a changed element is found by its checksum", "[damaged]") {
  std::string bytes = read_file(data_file("zip64.npz"));
  replace(bytes, "\0\0\xA0\x40"s, "\0\0\xA1\x40"s);
  CHECK(error_of_text(bytes) == "member \"a.npy\": CRC error");
}

TEST_CASE("the error for a member that is not an array names it", "[damaged]") {
  std::string bytes = read_file(data_file("zip64.npz"));
  SECTION("by their name") {
    replace(bytes, "b.npy", "b.txt");
    CHECK(error_of_text(bytes) == "member \"b.txt\": not an npy file");
  }
  SECTION("by their content") {
    replace(bytes, "NUMPY", "NUMPX");
    CHECK(error_of_text(bytes) == "member \"a.npy\": not an npy file");
  }
  SECTION("by their element type") {
    replace(bytes, "<f4", "<c8");
    CHECK(error_of_text(bytes) ==
          "member \"a.npy\": npy header: the element type is \"<c8\", which is not supported");
  }
  SECTION("by a name that a terminal would obey") {
    replace(bytes, "b.npy", "\x1b[31m");
    const std::string error = error_of_text(bytes);
    CHECK(error.find('\x1b') == error.npos);
    CHECK(error.ends_with("[31m\": not an npy file"));
  }
}

TEST_CASE("duplicate names are refused", "[damaged]") {
  std::string bytes = read_file(data_file("zip64.npz"));
  replace(bytes, "b.npy", "a.npy");
  const std::string error = error_of_text(bytes);
  CHECK((error == "member \"a.npy\": duplicate name" || error.find("exists") != error.npos));
}

TEST_CASE("a size larger than the file is refused before memory is allocated", "[damaged]") {
  // The uncompressed size of the first member, in both of its headers, is 2^40 bytes.
  std::string bytes = read_file(data_file("zip64.npz"));
  const std::string size = "\x98\0\0\0\0\0\0\0"s;
  for (std::size_t at = bytes.find(size + size); at != bytes.npos; at = bytes.find(size + size, at)) {
    bytes.replace(at, 8, "\0\0\0\0\0\1\0\0"s);
  }
  CHECK(error_of_text(bytes) == "member \"a.npy\": its sizes are impossible");
}
