// SPDX-License-Identifier: MIT
#include "array.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "utf8.hpp"

namespace twinpath::inline v0::detail::io {
namespace {

// Elements are read and written without conversion.
static_assert(std::endian::native == std::endian::little);

std::string describe_type(dtype type) {
  switch (type) {
    case dtype::float32:
      return "float32";
    case dtype::float64:
      return "float64";
    case dtype::int32:
      return "int32";
    case dtype::int64:
      return "int64";
    case dtype::bytes:
      return "bytes";
    case dtype::text:
      return "text";
  }
  return "unknown";
}

char32_t character_at(const std::byte* data) {
  char32_t c;
  std::memcpy(&c, data, sizeof c);
  return c;
}

template <class String>
void strip_zeros(String& s) {
  s.resize(s.find_last_not_of(typename String::value_type{}) + 1);
}

}  // namespace

std::vector<std::string> array::strings() const {
  if (type != dtype::bytes && type != dtype::text) {
    throw std::invalid_argument("expected strings, got " + describe());
  }
  std::vector<std::string> out;
  for (std::size_t at = 0; at < data.size(); at += item_size) {
    if (type == dtype::bytes) {
      out.emplace_back(reinterpret_cast<const char*>(&data[at]), item_size);
      strip_zeros(out.back());
      continue;
    }
    std::u32string s(item_size / 4, U'\0');
    std::memcpy(s.data(), &data[at], item_size);
    strip_zeros(s);
    out.push_back(utf32_to_utf8(s));
  }
  return out;
}

std::string array::describe() const {
  return describe_type(type) + ' ' + describe_shape(shape);
}

void array::expect(dtype wanted) const {
  if (type != wanted) {
    throw std::invalid_argument("expected " + describe_type(wanted) + ", got " + describe());
  }
}

void expect_count(std::size_t count, const std::vector<std::size_t>& shape) {
  if (shape.size() > most_dimensions || bytes_of(shape, 1) != count) {
    throw std::invalid_argument("an array of shape " + describe_shape(shape) + " from " +
                                std::to_string(count) + " elements");
  }
}

array text_array(std::span<const std::string> strings, std::vector<std::size_t> shape) {
  expect_count(strings.size(), shape);
  std::vector<std::u32string> decoded;
  std::size_t longest = 1;  // NumPy's strings have at least one character
  for (const std::string& s : strings) {
    auto characters = utf8_to_utf32(s);
    if (!characters) throw std::invalid_argument("a string is not UTF-8");
    if (characters->ends_with(U'\0')) throw std::invalid_argument("a string ends in a NUL");
    longest = std::max(longest, characters->size());
    decoded.push_back(std::move(*characters));
  }
  array out{dtype::text, longest * 4, std::move(shape), {}};
  out.data.resize(strings.size() * out.item_size);
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    std::memcpy(&out.data[i * out.item_size], decoded[i].data(), decoded[i].size() * 4);
  }
  return out;
}

bool valid_text(const array& a) noexcept {
  if (a.type != dtype::text) return true;
  for (std::size_t at = 0; at < a.data.size(); at += 4) {
    if (!is_character(character_at(&a.data[at]))) return false;
  }
  return true;
}

std::optional<std::size_t> bytes_of(const std::vector<std::size_t>& shape, std::size_t item_size) noexcept {
  // The other sizes must not overflow even if one is zero: strides are products of them.
  constexpr auto limit = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
  std::size_t product = item_size;
  bool empty = item_size == 0;
  for (const std::size_t n : shape) {
    if (n == 0) {
      empty = true;
    } else if (product > limit / n) {
      return std::nullopt;
    } else {
      product *= n;
    }
  }
  if (product > limit) return std::nullopt;
  return empty ? 0 : product;
}

std::string describe_shape(const std::vector<std::size_t>& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    out += std::to_string(shape[i]);
    if (i + 1 < shape.size()) out += ", ";
  }
  if (shape.size() == 1) out += ',';
  return out + ')';
}

}  // namespace twinpath::inline v0::detail::io
