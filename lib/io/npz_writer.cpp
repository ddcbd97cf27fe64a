// SPDX-License-Identifier: MIT
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <set>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "in_quotes.hpp"
#include "npy.hpp"
#include "npz.hpp"
#include "replacement_file.hpp"
#include "utf8.hpp"
#include "zip_handles.hpp"

namespace twinpath::inline v0::detail::io {
namespace {

constexpr std::string_view suffix = ".npy";
constexpr std::size_t longest_name = 0xFFFF - suffix.size();

/// A libzip source that writes to a replacement_file. It must outlive the archive.
class zip_sink {
 public:
  explicit zip_sink(replacement_file& file) : file_(file) { zip_error_init(&error_); }
  ~zip_sink() { zip_error_fini(&error_); }
  zip_sink(const zip_sink&) = delete;
  zip_sink& operator=(const zip_sink&) = delete;

  /// The source as libzip's type.
  [[nodiscard]] zip_source_t* source(zip_error_t* error) {
    return zip_source_function_create(&zip_sink::call, this, error);
  }

  /// Rethrows the exception of a failed write, if any.
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  static zip_int64_t call(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) noexcept {
    return static_cast<zip_sink*>(self)->run(data, size, command);
  }

  zip_int64_t run(void* data, zip_uint64_t size, zip_source_cmd_t command) noexcept {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_WRITABLE;  // required for writing
      case ZIP_SOURCE_STAT:
        return refuse(ZIP_ER_READ, ENOENT);  // there is no archive yet
      case ZIP_SOURCE_BEGIN_WRITE:
      case ZIP_SOURCE_COMMIT_WRITE:
      case ZIP_SOURCE_ROLLBACK_WRITE:
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE:
        return 0;
      case ZIP_SOURCE_WRITE:
        return write({static_cast<const std::byte*>(data), size});
      case ZIP_SOURCE_SEEK_WRITE: {
        const zip_int64_t to = zip_source_seek_compute_offset(file_.position(), end_, data, size, &error_);
        if (to < 0) return -1;
        file_.seek(static_cast<std::uint64_t>(to));
        return 0;
      }
      case ZIP_SOURCE_TELL_WRITE:
        return static_cast<zip_int64_t>(file_.position());
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, size);
      default:
        return refuse(ZIP_ER_OPNOTSUPP, 0);
    }
  }

  // An exception must not propagate through C code.
  zip_int64_t write(std::span<const std::byte> bytes) noexcept {
    try {
      file_.write(bytes);
    } catch (...) {
      thrown_ = std::current_exception();
      return refuse(ZIP_ER_WRITE, 0);
    }
    end_ = std::max(end_, file_.position());
    return static_cast<zip_int64_t>(bytes.size());
  }

  zip_int64_t refuse(int error, int reason) noexcept {
    zip_error_set(&error_, error, reason);
    return -1;
  }

  replacement_file& file_;
  std::uint64_t end_ = 0;
  zip_error_t error_;
  std::exception_ptr thrown_;
};

/// A libzip source that reads one .npy file: its preamble, then its elements. Both must outlive the archive.
class npy_source {
 public:
  npy_source(const std::string& preamble, std::span<const std::byte> elements)
      : parts_{std::as_bytes(std::span(preamble)), elements} {}

  /// The source as libzip's type.
  [[nodiscard]] zip_source_t* source(zip_error_t* error) {
    return zip_source_function_create(&npy_source::call, this, error);
  }

 private:
  static zip_int64_t call(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) noexcept {
    return static_cast<npy_source*>(self)->run(data, size, command);
  }

  zip_int64_t run(void* data, zip_uint64_t size, zip_source_cmd_t command) noexcept {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
      case ZIP_SOURCE_OPEN:
        position_ = 0;
        return 0;
      case ZIP_SOURCE_READ:
        return read({static_cast<std::byte*>(data), size});
      case ZIP_SOURCE_STAT: {
        // With the size, libzip needs no data descriptor and knows whether it needs zip64.
        auto& info = *static_cast<zip_stat_t*>(data);
        zip_stat_init(&info);
        info.size = parts_[0].size() + parts_[1].size();
        info.valid = ZIP_STAT_SIZE;
        return sizeof info;
      }
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, size);
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE:
        return 0;
      default:
        zip_error_set(&error_, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }

  zip_int64_t read(std::span<std::byte> out) noexcept {
    std::size_t done = 0;
    std::size_t skip = position_;
    for (const std::span<const std::byte> part : parts_) {
      const std::span<const std::byte> rest = part.subspan(std::min(skip, part.size()));
      skip -= part.size() - rest.size();
      const std::size_t n = std::min(rest.size(), out.size() - done);
      std::copy_n(rest.begin(), n, out.begin() + static_cast<std::ptrdiff_t>(done));
      done += n;
    }
    position_ += done;
    return static_cast<zip_int64_t>(done);
  }

  std::array<std::span<const std::byte>, 2> parts_;
  std::size_t position_ = 0;
  zip_error_t error_{};
};

/// The part of each .npy file before its elements. Throws std::invalid_argument, see write_npz.
std::vector<std::string> preambles(std::span<const named_view> arrays) {
  std::vector<std::string> out;
  std::set<std::string_view> names;
  if (arrays.empty()) throw std::invalid_argument("no arrays to write");
  for (const named_view& entry : arrays) {
    const std::string& name = entry.name;
    const auto refuse = [&](const std::string& what) {
      throw std::invalid_argument("array " + in_quotes(name) + ": " + what);
    };
    if (name.empty()) refuse("the name is empty");
    if (name.find('\0') != name.npos) refuse("the name contains a NUL");
    if (!utf8_to_utf32(name)) refuse("the name is not UTF-8");
    // libzip would store the length modulo 65536.
    if (name.size() > longest_name) refuse("the name is too long for a zip file");
    if (!names.insert(name).second) refuse("duplicate name");
    try {
      out.push_back(npy_preamble(entry.array));
    } catch (const std::invalid_argument& e) {
      refuse(e.what());
    }
  }
  return out;
}

/// Adds a member. Its bytes are read when the archive is closed.
void add_member(zip_t* archive, const std::string& array, npy_source& bytes) {
  const std::string name = array + std::string(suffix);  // may throw, so before a source exists
  zip_failure failure;
  zip_source_t* source = bytes.source(failure.get());
  if (source == nullptr) throw std::runtime_error(failure.text());
  const zip_int64_t added = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    zip_source_free(source);
    throw std::runtime_error(zip_strerror(archive));
  }
  const auto index = static_cast<zip_uint64_t>(added);
  // 1 January 1980, the earliest date in zip files. zip_file_set_mtime would depend on the time zone.
  constexpr zip_uint16_t first_day = 1 << 5 | 1;
  if (zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, index, 0, first_day, 0) != 0) {
    throw std::runtime_error(zip_strerror(archive));
  }
}

}  // namespace

void write_npz(const std::filesystem::path& file, std::span<const named_view> arrays) {
  const std::vector<std::string> starts = preambles(arrays);
  replacement_file out(file);
  zip_sink sink(out);
  std::vector<npy_source> members;
  for (std::size_t i = 0; i < arrays.size(); ++i) members.emplace_back(starts[i], arrays[i].array.data);
  try {
    zip_failure failure;
    zip_source_t* source = sink.source(failure.get());
    if (source == nullptr) throw std::runtime_error(failure.text());
    archive_handle archive(zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, failure.get()));
    if (archive == nullptr) {
      zip_source_free(source);
      throw std::runtime_error(failure.text());
    }
    for (std::size_t i = 0; i < arrays.size(); ++i) add_member(archive.get(), arrays[i].name, members[i]);
    if (zip_close(archive.get()) != 0) throw std::runtime_error(zip_strerror(archive.get()));
    (void)archive.release();  // closed
  } catch (const std::runtime_error& e) {
    sink.rethrow();
    throw std::runtime_error(file.string() + ": " + e.what());
  }
  out.commit();
}

void write_npz(const std::filesystem::path& file, const named_arrays& arrays) {
  std::vector<named_view> views;
  for (const auto& [name, array] : arrays) views.push_back({name, array.view()});
  write_npz(file, views);
}

}  // namespace twinpath::inline v0::detail::io
