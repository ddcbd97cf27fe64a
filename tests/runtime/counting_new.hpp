// SPDX-License-Identifier: MIT
// The test program's operator new: counts, and fails on request.
#pragma once

#include <cstddef>

namespace counting_new {

/// Calls of any operator new and delete by all threads so far; null pointers are not counted.
[[nodiscard]] std::size_t allocations() noexcept;
[[nodiscard]] std::size_t deallocations() noexcept;

/// While one lives, every operator new of its thread fails.
class failing {
 public:
  failing() noexcept;
  ~failing();
  failing(const failing&) = delete;
  failing& operator=(const failing&) = delete;
};

}  // namespace counting_new
