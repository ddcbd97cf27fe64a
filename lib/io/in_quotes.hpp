// SPDX-License-Identifier: MIT
// What a file says, as an error can show it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace twinpath::inline v0::detail::io {

/// The text in quotes: short, and without what would disturb a terminal.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 64;
  std::string shown(text.substr(0, longest));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return '"' + shown + (text.size() > longest ? "…\"" : "\"");
}

}  // namespace twinpath::inline v0::detail::io
