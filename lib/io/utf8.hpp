// SPDX-License-Identifier: MIT
// Conversion between UTF-8 and UTF-32.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twinpath::inline v0::detail::io {

/// Whether c is a Unicode scalar value: not a surrogate, and at most U+10FFFF.
[[nodiscard]] constexpr bool is_character(char32_t c) noexcept {
  return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
}

/// Decodes UTF-8; nothing if the text is invalid or has overlong sequences.
[[nodiscard]] std::optional<std::u32string> utf8_to_utf32(std::string_view text);

/// Encodes UTF-8. All elements must be scalar values.
[[nodiscard]] std::string utf32_to_utf8(std::u32string_view text);

}  // namespace twinpath::inline v0::detail::io
