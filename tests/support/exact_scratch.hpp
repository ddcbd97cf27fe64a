// SPDX-License-Identifier: MIT
// Scratch memory of exactly the planned size.
#pragma once

#include <algorithm>
#include <cstddef>

#include "support/padded.hpp"

namespace tests {

/// Holds NaN at first. As in a scratch_frame, whole vectors may extend at most 64 bytes beyond the planned
/// size.
template <class T>
class exact_scratch {
 public:
  explicit exact_scratch(std::size_t n) : allowed_(n + 64 / sizeof(T)), memory_(1, allowed_ + guard) {
    std::ranges::fill(memory_.elements(), filler<T>());
  }
  [[nodiscard]] T* data() { return memory_.data(); }
  [[nodiscard]] bool respected() const {
    const auto all = memory_.elements();
    return std::all_of(all.begin() + static_cast<std::ptrdiff_t>(allowed_), all.end(), is_filler<T>);
  }

 private:
  static constexpr std::size_t guard = 256 / sizeof(T);

  std::size_t allowed_;
  tp::matrix<T> memory_;
};

}  // namespace tests
