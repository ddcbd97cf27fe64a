// SPDX-License-Identifier: MIT
#include "html.hpp"

#include <cstddef>
#include <stdexcept>
#include <string_view>

#include "json.hpp"
#include "timeline.hpp"

namespace profile {
namespace {

constexpr int wide = 1040;
constexpr int narrow = 372;

void put(std::string& text, std::string_view place, std::string_view value) {
  const std::size_t at = text.find(place);
  if (at == std::string::npos) throw std::logic_error("the page has no place " + std::string(place));
  text.replace(at, place.size(), value);
}

/// A string in the data must not end the element around it.
std::string in_script(std::string text) {
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos; ++at)
    text.replace(at, 1, "\\u003c");
  return text;
}

}  // namespace

std::string to_html(const numbers& n) {
  std::string text = page;
  put(text, "{{timeline of a wide window}}", timeline(n, {.width = wide, .alone = false}));
  put(text, "{{timeline of a narrow window}}", timeline(n, {.width = narrow, .alone = false}));
  put(text, "{{data}}", in_script(to_json(n).dump()));
  return text;
}

}  // namespace profile
