// SPDX-License-Identifier: MIT
// A table of text, aligned for a terminal or as Markdown.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

enum class style { text, markdown };

class table {
 public:
  /// The first column is aligned left, the others right. A '\n' in a title begins its second line.
  explicit table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }

  /// One cell for each title.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  void print(std::ostream& out, style s) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// The width of a terminal, in columns.
inline constexpr std::size_t terminal_columns = 100;

/// The width of a text in UTF-8 on a terminal.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// The text in lines that fit a terminal; lines after the first are indented by `indent` columns.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent = 4);

}  // namespace bench
