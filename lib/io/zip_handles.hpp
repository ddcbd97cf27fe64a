// SPDX-License-Identifier: MIT
// RAII handles for libzip.
#pragma once

#include <zip.h>

#include <memory>
#include <string>

namespace twinpath::inline v0::detail::io {

struct discard_archive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
/// An archive for reading, or one whose changes are discarded unless released.
using archive_handle = std::unique_ptr<zip_t, discard_archive>;

struct close_member {
  void operator()(zip_file_t* member) const noexcept { zip_fclose(member); }
};
using member_handle = std::unique_ptr<zip_file_t, close_member>;

/// An error object that libzip fills in.
class zip_failure {
 public:
  zip_failure() noexcept { zip_error_init(&error_); }
  ~zip_failure() { zip_error_fini(&error_); }
  zip_failure(const zip_failure&) = delete;
  zip_failure& operator=(const zip_failure&) = delete;

  [[nodiscard]] zip_error_t* get() noexcept { return &error_; }
  [[nodiscard]] std::string text() {
    // Versions of libzip disagree about which of the two a text file is.
    const int code = zip_error_code_zip(&error_);
#if defined(ZIP_ER_TRUNCATED_ZIP)
    if (code == ZIP_ER_TRUNCATED_ZIP) return incomplete;
#endif
    return code == ZIP_ER_NOZIP ? incomplete : zip_error_strerror(&error_);
  }

 private:
  static constexpr const char* incomplete = "not a complete zip archive";

  zip_error_t error_;
};

}  // namespace twinpath::inline v0::detail::io
