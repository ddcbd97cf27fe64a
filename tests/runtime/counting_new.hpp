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

/// While one lives, one operator new by whatever thread fails: the one before which there were `after` others
/// since its construction. Where that is `for_good`, all later ones fail too. What TBB calls itself does not
/// fail and does not count. One lives at a time.
class failing_at {
 public:
  explicit failing_at(std::size_t after, bool for_good) noexcept;
  ~failing_at();
  failing_at(const failing_at&) = delete;
  failing_at& operator=(const failing_at&) = delete;

  /// Whether it has come to that.
  [[nodiscard]] bool has_failed() const noexcept;
};

}  // namespace counting_new
