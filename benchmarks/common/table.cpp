// SPDX-License-Identifier: MIT
#include "common/table.hpp"

#include <algorithm>

namespace bench {
namespace {

using cells_of_row = std::vector<std::string>;

// One row, or two if a title has two lines.
std::vector<cells_of_row> title_lines(const cells_of_row& titles) {
  cells_of_row upper(titles.size()), lower;
  bool two = false;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const std::size_t end = titles[i].find('\n');
    two = two || end != std::string::npos;
    if (end != std::string::npos) upper[i] = titles[i].substr(0, end);
    lower.push_back(end == std::string::npos ? titles[i] : titles[i].substr(end + 1));
  }
  if (two) return {upper, lower};
  return {lower};
}

std::string one_line(std::string title) {
  std::replace(title.begin(), title.end(), '\n', ' ');
  return title;
}

}  // namespace

void table::print(std::ostream& out, style s) const {
  std::vector<cells_of_row> rows(rows_.begin() + 1, rows_.end());
  cells_of_row titles = rows_.front();
  if (s == style::markdown) std::transform(titles.begin(), titles.end(), titles.begin(), one_line);
  const std::vector<cells_of_row> first = title_lines(titles);
  rows.insert(rows.begin(), first.begin(), first.end());
  std::vector<std::size_t> widths(titles.size());
  for (const auto& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width_of(cells[i]));
  }
  const char* separator = s == style::markdown ? " | " : "  ";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string& cell = rows[r][i];
      const std::string space(widths[i] - width_of(cell), ' ');
      if (i != 0) line += separator;
      line += i == 0 ? cell + space : space + cell;
    }
    if (s == style::markdown) {
      out << "| " << line << " |\n";
      if (r != 0) continue;
      out << "|---";
      for (std::size_t i = 1; i < widths.size(); ++i) out << "|---:";
      out << "|\n";
    } else {
      line.erase(line.find_last_not_of(' ') + 1);
      out << line << '\n';
    }
  }
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const std::size_t width = width_of(word);
    if (column != 0 && column + 1 + width > terminal_columns) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column != 0) {
      result += ' ';
      ++column;
    }
    result += word;
    column += width;
    begin = end + 1;
  }
  return result;
}

}  // namespace bench
