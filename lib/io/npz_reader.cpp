// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <zip.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "in_quotes.hpp"
#include "npy.hpp"
#include "npz.hpp"
#include "zip_handles.hpp"

namespace twinpath::inline v0::detail::io {
namespace {

constexpr std::string_view suffix = ".npy";

/// The size of a regular file. Throws for other kinds of files.
std::uint64_t regular_size(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) {
    throw std::runtime_error(std::generic_category().message(errno));
  }
  if (S_ISDIR(info.st_mode)) throw std::runtime_error(std::generic_category().message(EISDIR));
  // Reading a pipe could block.
  if (!S_ISREG(info.st_mode)) throw std::runtime_error("not a regular file");
  return static_cast<std::uint64_t>(info.st_size);
}

archive_handle open_archive(const std::filesystem::path& file) {
  zip_failure failure;
  zip_source_t* source = zip_source_file_create(file.c_str(), 0, -1, failure.get());
  if (source == nullptr) throw std::runtime_error(failure.text());
  // With consistency checks: name and size in the two headers of a member must agree.
  archive_handle archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, failure.get()));
  if (archive == nullptr) {
    zip_source_free(source);
    throw std::runtime_error(failure.text());
  }
  return archive;
}

/// Throws if the directory's entry for a member is impossible or not supported.
void check_sizes(const zip_stat_t& info, std::uint64_t file_bytes) {
  constexpr std::uint64_t most_expansion = 1032;  // of deflate: two bits can stand for 258 bytes
  constexpr zip_uint64_t wanted =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((info.valid & wanted) != wanted) throw std::runtime_error("its sizes are unknown");
  if (info.encryption_method != ZIP_EM_NONE) throw std::runtime_error("encrypted");
  if (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE) {
    throw std::runtime_error("compression method " + std::to_string(info.comp_method) + " is not supported");
  }
  const bool stored = info.comp_method == ZIP_CM_STORE;
  if (info.comp_size > file_bytes ||
      (stored ? info.size != info.comp_size : info.size / most_expansion > info.comp_size)) {
    throw std::runtime_error("its sizes are impossible");
  }
}

array read_member(zip_t* archive, zip_uint64_t index, std::uint64_t size) {
  const member_handle member(zip_fopen_index(archive, index, 0));
  if (member == nullptr) throw std::runtime_error(zip_strerror(archive));
  const auto read = [&](std::span<std::byte> out) {
    const zip_int64_t n = zip_fread(member.get(), out.data(), out.size());
    if (n < 0) throw std::runtime_error(zip_file_strerror(member.get()));
    return static_cast<std::size_t>(n);
  };
  array out = read_npy(size, [&](std::span<std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t n = read(bytes);
      if (n == 0) throw std::runtime_error("shorter than its size in the directory");
      bytes = bytes.subspan(n);
    }
  });
  // libzip verifies the checksum only when the end has been read.
  std::byte more;
  if (read({&more, 1}) != 0) throw std::runtime_error("longer than its size in the directory");
  return out;
}

named_arrays read_all(const std::filesystem::path& file) {
  const std::uint64_t file_bytes = regular_size(file);
  // libzip would accept it as an archive without members.
  if (file_bytes == 0) throw std::runtime_error("the file is empty");
  const archive_handle archive = open_archive(file);

  named_arrays out;
  std::uint64_t stored_bytes = 0;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t info;
    if (zip_stat_index(archive.get(), index, 0, &info) != 0 || (info.valid & ZIP_STAT_NAME) == 0) {
      throw std::runtime_error(zip_strerror(archive.get()));
    }
    std::string name = info.name;
    try {
      if (!name.ends_with(suffix)) throw std::runtime_error("not an npy file");
      check_sizes(info, file_bytes);
      // Members that share bytes could be many times larger than the file.
      stored_bytes += info.comp_size;
      if (stored_bytes > file_bytes) throw std::runtime_error("it overlaps another member");
      name.resize(name.size() - suffix.size());
      if (out.contains(name)) throw std::runtime_error("duplicate name");
      array a = read_member(archive.get(), index, info.size);
      out.emplace(std::move(name), std::move(a));
    } catch (const std::runtime_error& e) {
      throw std::runtime_error("member " + in_quotes(info.name) + ": " + e.what());
    }
  }
  return out;
}

}  // namespace

named_arrays read_npz(const std::filesystem::path& file) {
  try {
    return read_all(file);
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(file.string() + ": " + e.what());
  }
}

}  // namespace twinpath::inline v0::detail::io
