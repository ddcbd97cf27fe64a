// SPDX-License-Identifier: MIT
// Strings in UTF-8 and in UTF-32.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twinpath::inline v0::detail::io {

/// Whether it is a character of Unicode: no surrogate, and not beyond U+10FFFF.
[[nodiscard]] constexpr bool is_character(char32_t c) noexcept {
  return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
}

/// The characters of a text in UTF-8; nothing when it is not UTF-8 in its shortest form.
[[nodiscard]] std::optional<std::u32string> utf8_to_utf32(std::string_view text);

/// The text in UTF-8; all of it must be characters.
[[nodiscard]] std::string utf32_to_utf8(std::u32string_view text);

}  // namespace twinpath::inline v0::detail::io
