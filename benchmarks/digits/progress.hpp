// SPDX-License-Identifier: MIT
// One line on a terminal with the progress of a long operation.
#pragma once

#include <cstddef>
#include <string>

#include "training.hpp"

namespace digits {

/// Shows nothing if the output is not a terminal or the work takes less than a moment.
class progress_line {
 public:
  explicit progress_line(bool wanted);
  /// An observer of `steps` steps of the work with that name; empty if nothing will be shown.
  [[nodiscard]] step_observer observe(std::string work, std::size_t steps);
  /// Removes the line before other output.
  void clear();

 private:
  void show(const std::string& text, clock::time_point now);

  bool on_terminal_;
  clock::time_point next_;
  std::size_t shown_ = 0;
};

}  // namespace digits
