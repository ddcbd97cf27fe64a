// SPDX-License-Identifier: MIT
// The operator new of test programs: it counts, and fails on request.
#pragma once

#include <cstddef>

namespace counting_new {

/// Calls of any operator new and delete by all threads so far; null pointers are not counted.
[[nodiscard]] std::size_t allocations() noexcept;
[[nodiscard]] std::size_t deallocations() noexcept;

/// While an object lives, every operator new of its thread fails.
class failing {
 public:
  failing() noexcept;
  ~failing();
  failing(const failing&) = delete;
  failing& operator=(const failing&) = delete;
};

/// While an object lives, one operator new of any thread fails: the one that follows `after` others since the
/// construction. With `for_good` all later ones fail too. Allocations by TBB itself do not fail and are not
/// counted. Only one may live at a time.
class failing_at {
 public:
  explicit failing_at(std::size_t after, bool for_good) noexcept;
  ~failing_at();
  failing_at(const failing_at&) = delete;
  failing_at& operator=(const failing_at&) = delete;

  /// Whether an allocation has failed.
  [[nodiscard]] bool has_failed() const noexcept;
};

}  // namespace counting_new
