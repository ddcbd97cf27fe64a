// SPDX-License-Identifier: MIT
// Text from a file, made safe for error messages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace twinpath::inline v0::detail::io {

/// The text in quotes, truncated to 64 characters, with control and non-ASCII characters replaced by '?'.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 64;
  std::string shown(text.substr(0, longest));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return '"' + shown + (text.size() > longest ? "…\"" : "\"");
}

}  // namespace twinpath::inline v0::detail::io
