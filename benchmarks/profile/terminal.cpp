// SPDX-License-Identifier: MIT
#include "terminal.hpp"
#include "common/numbers.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "common/table.hpp"

namespace profile {
namespace {

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string wrapped(const std::string& text, const std::string& start) {
  std::istringstream words(text);
  std::string all, line = start;
  bool first = true;
  for (std::string word; words >> word; first = false) {
    if (!first && columns_of(line) + 1 + columns_of(word) > line_width) {
      all += line + '\n';
      line = std::string(columns_of(start), ' ') + word;
    } else {
      line += (first ? "" : " ") + word;
    }
  }
  return all + line + '\n';
}

bool colours_wanted() {
  const char* const refused = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0') && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::string coloured(const std::string& text, path p, bool wanted) {
  if (!wanted || (p != path::parameter && p != path::backprop)) return text;
  return (p == path::parameter ? "\033[33m" : "\033[36m") + text + "\033[0m";
}

std::string bold(const std::string& text, bool wanted) {
  return wanted ? "\033[1m" + text + "\033[0m" : text;
}

std::string time_text(double microseconds) {
  if (microseconds < 10) return bench::fixed(microseconds, 2) + " µs";
  if (microseconds < 1000) return bench::fixed(microseconds, 1) + " µs";
  if (microseconds < 1e6) return bench::fixed(microseconds * 1e-3, 2) + " ms";
  return bench::fixed(microseconds * 1e-6, 2) + " s";
}

std::string percent(double share) {
  return bench::fixed(100 * share, 0) + " %";
}

std::string name(const std::vector<std::size_t>& layers) {
  std::string text;
  for (const std::size_t width : layers) {
    if (!text.empty()) text += '-';
    text += std::to_string(width);
  }
  return text;
}

std::string counted(std::size_t n, const char* what) {
  return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s");
}

}  // namespace profile
