// SPDX-License-Identifier: MIT
#include "common/table.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {
namespace {

// Characters, not bytes: there is a micro sign among them.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void table::print(std::ostream& out, style s) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width_of(cells[i]));
  }
  const char* separator = s == style::markdown ? " | " : "  ";
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string& cell = rows_[r][i];
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

std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

}  // namespace bench
