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
  /// The first column is set to the left, the others to the right. A '\n' in a title is a second line of it.
  explicit table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }

  /// As many cells as titles.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  void print(std::ostream& out, style s) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// What a terminal shows without breaking lines.
inline constexpr std::size_t terminal_columns = 100;

/// Columns that a terminal takes for a text in UTF-8.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// The text in lines that fit a terminal; those after the first are indented by so many columns.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent = 4);

}  // namespace bench
