// SPDX-License-Identifier: MIT
// One line on a terminal that says how far a long piece of work is.
#pragma once

#include <cstddef>
#include <string>

#include "training.hpp"

namespace digits {

/// Shows nothing when the output is not a terminal, or the work is done before anyone would wonder.
class progress_line {
 public:
  explicit progress_line(bool wanted);
  /// An observer of `steps` steps of the work with that name; empty when nothing will be shown.
  [[nodiscard]] step_observer observe(std::string work, std::size_t steps);
  /// Makes room for lasting text.
  void clear();

 private:
  void show(const std::string& text, clock::time_point now);

  bool on_terminal_;
  clock::time_point next_;
  std::size_t shown_ = 0;
};

}  // namespace digits
