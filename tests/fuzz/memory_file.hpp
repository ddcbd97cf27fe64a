// SPDX-License-Identifier: MIT
// A regular file in memory, for readers that need a path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "failure.hpp"

namespace fuzz {

class memory_file {
 public:
  memory_file() : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail("no file in memory");
  }
  ~memory_file() { ::close(descriptor_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  /// Each open of this path reads from the beginning. Valid as long as the object lives.
  [[nodiscard]] std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  void assign(std::span<const std::uint8_t> bytes) {
    const bool done = ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, bytes.data(), bytes.size(),
                                                                   0) == static_cast<ssize_t>(bytes.size());
    if (!done) fail("a file in memory cannot be written");
  }

 private:
  int descriptor_;
};

}  // namespace fuzz
