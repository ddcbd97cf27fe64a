// SPDX-License-Identifier: MIT
#include "terminal.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "common/numbers.hpp"
#include "common/table.hpp"

namespace profile {

std::string wrapped(const std::string& text, const std::string& start) {
  return bench::wrapped(start + text, bench::width_of(start)) + '\n';
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
  return bench::time_text(microseconds * 1e-6);
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
