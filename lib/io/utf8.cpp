// SPDX-License-Identifier: MIT
#include "utf8.hpp"

#include <bit>
#include <cstddef>

namespace twinpath::inline v0::detail::io {
namespace {

constexpr char32_t least_of_length[] = {0, 0, 0x80, 0x800, 0x10000};

}  // namespace

std::optional<std::u32string> utf8_to_utf32(std::string_view text) {
  std::u32string out;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const auto ones = static_cast<std::size_t>(std::countl_one(first));
    const std::size_t length = ones == 0 ? 1 : ones;
    if (ones == 1 || ones > 4 || length > text.size()) return std::nullopt;
    char32_t c = ones == 0 ? first : first & (0x7Fu >> ones);
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xC0) != 0x80) return std::nullopt;
      c = c << 6 | (next & 0x3F);
    }
    if (c < least_of_length[length] || !is_character(c)) return std::nullopt;
    out += c;
    text.remove_prefix(length);
  }
  return out;
}

std::string utf32_to_utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
      continue;
    }
    const unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    out += static_cast<char>(((0xFF00u >> (more + 1)) & 0xFFu) | c >> (6 * more));
    for (unsigned i = more; i-- > 0;) out += static_cast<char>(0x80u | (c >> (6 * i) & 0x3Fu));
  }
  return out;
}

}  // namespace twinpath::inline v0::detail::io
