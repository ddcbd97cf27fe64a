// SPDX-License-Identifier: MIT
#include "npy_header.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "in_quotes.hpp"

namespace twinpath::inline v0::detail::io {
namespace {

constexpr std::string_view blanks = " \t\r\n";

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("npy header: " + what);
}

/// A parser for Python literals.
class literal_reader {
 public:
  explicit literal_reader(std::string_view text) : rest_(text) {}

  /// Consumes the character if it is next; returns whether it was.
  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(std::string("expected '") + c + "' at " + here());
  }

  std::string_view string() {
    skip_blanks();
    const char quote = rest_.starts_with('"') ? '"' : '\'';
    expect(quote);
    const std::size_t end = rest_.find(quote);
    if (end == rest_.npos) fail("unterminated string at " + here());
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return out;
  }

  bool boolean() {
    skip_blanks();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return value;
      }
    }
    fail("expected True or False at " + here());
  }

  std::size_t size() {
    skip_blanks();
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error == std::errc::result_out_of_range) fail("number too large at " + here());
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || (digits > 1 && rest_[0] == '0')) fail("expected a size at " + here());
    rest_.remove_prefix(digits);
    if (rest_.starts_with('L')) rest_.remove_prefix(1);  // a long of Python 2
    return value;
  }

  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> out;
    expect('(');
    bool comma = true;
    while (!take(')')) {
      if (!comma) fail("expected ',' or ')' at " + here());
      if (out.size() == most_dimensions) {
        fail("more than " + std::to_string(most_dimensions) + " dimensions");
      }
      out.push_back(size());
      comma = take(',');
    }
    if (out.size() == 1 && !comma) fail("the shape is a number, not a tuple");
    return out;
  }

  [[nodiscard]] bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

  [[nodiscard]] std::string here() const {
    return rest_.empty() ? "its end" : in_quotes(rest_.substr(0, 16));
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

  std::string_view rest_;
};

/// A positive number without sign or leading zeros; nothing otherwise.
std::optional<std::size_t> positive(std::string_view digits, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (digits.starts_with('0') || value > most) return std::nullopt;
  return value;
}

/// Reads one little-endian number of a type in the file and appends it as a wider one.
template <class From, class To>
void append_wider(const std::byte* from, std::vector<std::byte>& out) {
  From value;
  std::memcpy(&value, from, sizeof value);
  if (!std::in_range<To>(value)) {
    throw std::runtime_error("the element " + std::to_string(value) + " is larger than an int64");
  }
  const To wider = static_cast<To>(value);
  const auto bytes = std::as_bytes(std::span(&wider, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// The same from IEEE 754 binary16. Every value is one of float; the payload of a NaN is kept.
void append_half(const std::byte* from, std::vector<std::byte>& out) {
  std::uint16_t half;
  std::memcpy(&half, from, sizeof half);
  const std::uint32_t sign = std::uint32_t{half} >> 15 << 31;
  const std::uint32_t exponent = half >> 10 & 31u;
  const std::uint32_t fraction = half & 1023u;
  std::uint32_t bits = 0;
  if (exponent == 0) {
    bits = std::bit_cast<std::uint32_t>(static_cast<float>(fraction) * 0x1p-24f);
  } else {
    bits = (exponent == 31 ? 255u : exponent + 112) << 23 | fraction << 13;
  }
  bits |= sign;
  const auto bytes = std::as_bytes(std::span(&bits, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// A type of numbers in a file, and the supported type that holds all of its values. Not here: complex and
/// long double, which no such type holds, and bool, which is no number.
struct number_type {
  std::string_view name;
  std::size_t size;
  dtype read_as;
  void (*widen)(const std::byte*, std::vector<std::byte>&);
};
constexpr number_type number_types[] = {
    {"f4", 4, dtype::float32, nullptr},
    {"f8", 8, dtype::float64, nullptr},
    {"i4", 4, dtype::int32, nullptr},
    {"i8", 8, dtype::int64, nullptr},
    {"f2", 2, dtype::float32, append_half},
    {"i1", 1, dtype::int32, append_wider<std::int8_t, std::int32_t>},
    {"u1", 1, dtype::int32, append_wider<std::uint8_t, std::int32_t>},
    {"i2", 2, dtype::int32, append_wider<std::int16_t, std::int32_t>},
    {"u2", 2, dtype::int32, append_wider<std::uint16_t, std::int32_t>},
    {"u4", 4, dtype::int64, append_wider<std::uint32_t, std::int64_t>},
    {"u8", 8, dtype::int64, append_wider<std::uint64_t, std::int64_t>},  // if its values fit
};

void set_type(npy_header& out, std::string_view descr) {
  const auto refuse = [&] { fail("the element type is " + in_quotes(descr) + ", which is not supported"); };
  if (descr.size() < 3) refuse();
  const char order = descr[0];
  const std::string_view type = descr.substr(1);
  out.big_endian = order == '>';
  if (type[0] == 'S') {
    const auto length = positive(type.substr(1), static_cast<std::size_t>(-1) / 8);
    if (order != '|' || !length) refuse();
    out.type = dtype::bytes;
    out.item_size = *length;
    return;
  }
  for (const number_type& row : number_types) {
    if (type != row.name) continue;
    // A byte has no order.
    if (order != '<' && order != '>' && !(order == '|' && row.size == 1)) refuse();
    out.type = row.read_as;
    out.item_size = row.size;
    out.widen = row.widen;
    return;
  }
  if (order != '<' && order != '>') refuse();
  if (type[0] == 'U') {
    const auto length = positive(type.substr(1), static_cast<std::size_t>(-1) / 8);
    if (!length) refuse();
    out.type = dtype::text;
    out.item_size = *length * 4;
  } else {
    refuse();
  }
}

std::string descr_of(const array_view& a) {
  switch (a.type) {
    case dtype::float32:
      return "<f4";
    case dtype::float64:
      return "<f8";
    case dtype::int32:
      return "<i4";
    case dtype::int64:
      return "<i8";
    case dtype::bytes:
      return "|S" + std::to_string(a.item_size);
    case dtype::text:
      return "<U" + std::to_string(a.item_size / 4);
  }
  throw std::invalid_argument("an array of an unknown type");
}

}  // namespace

npy_header parse_npy_header(std::string_view text) {
  npy_header out;
  bool has_descr = false;
  bool has_order = false;
  bool has_shape = false;
  const auto first_time = [](bool& seen, std::string_view key) {
    if (seen) fail("duplicate key " + in_quotes(key));
    seen = true;
  };

  literal_reader reader(text);
  reader.expect('{');
  bool comma = true;
  while (!reader.take('}')) {
    if (!comma) fail("expected ',' or '}' at " + reader.here());
    const std::string_view key = reader.string();
    reader.expect(':');
    if (key == "descr") {
      first_time(has_descr, key);
      if (reader.take('[')) fail("structured element types are not supported");
      set_type(out, reader.string());
    } else if (key == "fortran_order") {
      first_time(has_order, key);
      out.fortran_order = reader.boolean();
    } else if (key == "shape") {
      first_time(has_shape, key);
      out.shape = reader.tuple();
    } else {
      fail("unknown key " + in_quotes(key));
    }
    comma = reader.take(',');
  }
  if (!reader.at_end()) fail("unexpected " + reader.here());
  if (!has_descr || !has_order || !has_shape) {
    fail(std::string("the key \"") +
         (!has_descr   ? "descr"
          : !has_order ? "fortran_order"
                       : "shape") +
         "\" is missing");
  }
  return out;
}

std::string format_npy_header(const array_view& a) {
  if (a.shape.size() > most_dimensions) throw std::invalid_argument("an array of more than 64 dimensions");
  if (a.item_size == 0) throw std::invalid_argument("an array of elements of size 0");
  return "{'descr': '" + descr_of(a) + "', 'fortran_order': False, 'shape': " + describe_shape(a.shape) +
         ", }";
}

}  // namespace twinpath::inline v0::detail::io
