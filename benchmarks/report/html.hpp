// SPDX-License-Identifier: MIT
// Parts of HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/markup.hpp"

namespace report {

using bench::escaped;

/// A section with its heading and a sentence that explains it, which may have markup.
[[nodiscard]] std::string section(const std::string& id, const std::string& title, const std::string& lead,
                                  const std::string& content);
/// A part that is closed at first.
[[nodiscard]] std::string details(const std::string& summary, const std::string& content);
/// Charts or cards side by side, as many as fit.
[[nodiscard]] std::string grid(const std::string& content);

/// The first column is text, the others are numbers. Cells are text, not markup.
class html_table {
 public:
  explicit html_table(const std::vector<std::string>& titles);
  void add(const std::vector<std::string>& cells);
  [[nodiscard]] std::string text() const;

 private:
  std::string rows_;
};

struct bar {
  std::string name;
  std::string look;  ///< class of its colour
  double value = 0;
  std::string label;  ///< the value with its unit
};
/// Bars with lengths proportional to their values; the longest takes the whole width.
[[nodiscard]] std::string bar_card(const std::string& title, const std::string& subtitle,
                                   const std::vector<bar>& bars);

}  // namespace report
