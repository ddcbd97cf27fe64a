// SPDX-License-Identifier: MIT
#include "npy.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "npy_header.hpp"

namespace twinpath::inline v0::detail::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
// The limit of version 1; no supported array needs a longer one.
constexpr std::size_t longest_header = 0xFFFF;
// Of the elements in the file, for programs that map it into memory.
constexpr std::size_t alignment = 64;

std::size_t little_endian(std::span<const std::byte> bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<std::size_t>(bytes[i]);
  return value;
}

/// Reads from a source up to the size of the file.
class bounded_source {
 public:
  bounded_source(std::uint64_t size, const byte_source& next) : left_(size), next_(next) {}

  [[nodiscard]] std::uint64_t left() const { return left_; }

  void fill(std::span<std::byte> out) {
    if (out.size() > left_) throw std::runtime_error("the npy header is truncated");
    if (!out.empty()) next_(out);
    left_ -= out.size();
  }

 private:
  std::uint64_t left_;
  const byte_source& next_;
};

std::string read_header(bounded_source& in) {
  std::array<std::byte, 8> start;
  if (in.left() < start.size()) throw std::runtime_error("not an npy file");
  in.fill(start);
  if (std::memcmp(start.data(), magic.data(), magic.size()) != 0) throw std::runtime_error("not an npy file");
  const auto version = std::to_integer<unsigned>(start[6]);
  if (version < 1 || version > 3 || start[7] != std::byte{0}) {
    throw std::runtime_error("npy version " + std::to_string(version) + '.' +
                             std::to_string(std::to_integer<unsigned>(start[7])) + " is not supported");
  }
  std::array<std::byte, 4> length_bytes;
  const auto used = std::span(length_bytes).first(version == 1 ? 2 : 4);
  in.fill(used);
  const std::size_t length = little_endian(used);
  if (length > longest_header) {
    throw std::runtime_error("an npy header of " + std::to_string(length) + " bytes is not supported");
  }
  std::string header(length, '\0');
  in.fill(std::as_writable_bytes(std::span(header)));
  return header;
}

void swap_bytes(std::span<std::byte> data, std::size_t word) {
  for (; !data.empty(); data = data.subspan(word)) std::reverse(data.data(), data.data() + word);
}

/// Converts elements from column-major to row-major order.
std::vector<std::byte> row_major(const std::vector<std::byte>& data, const std::vector<std::size_t>& shape,
                                 std::size_t item_size) {
  std::vector<std::byte> out(data.size());
  std::vector<std::size_t> strides(shape.size());
  std::size_t stride = item_size;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    strides[d] = stride;
    stride *= shape[d];
  }
  std::vector<std::size_t> index(shape.size());
  std::size_t from = 0;
  for (std::size_t to = 0; to < out.size(); to += item_size) {
    std::memcpy(&out[to], &data[from], item_size);
    for (std::size_t d = shape.size(); d-- > 0;) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return out;
}

/// Gives the elements the size of their type.
void widen(array& a, decltype(npy_header::widen) append) {
  const std::size_t size = a.type == dtype::int64 || a.type == dtype::float64 ? 8 : 4;
  std::vector<std::byte> wider;
  wider.reserve(a.data.size() / a.item_size * size);
  for (std::size_t at = 0; at < a.data.size(); at += a.item_size) append(&a.data[at], wider);
  a.data = std::move(wider);
  a.item_size = size;
}

}  // namespace

array read_npy(std::uint64_t size, const byte_source& next) {
  bounded_source in(size, next);
  npy_header header = parse_npy_header(read_header(in));

  array out{header.type, header.item_size, std::move(header.shape), {}};
  const auto bytes = bytes_of(out.shape, out.item_size);
  if (!bytes) throw std::runtime_error("npy header: " + out.describe() + " is too large");
  if (*bytes != in.left()) {
    throw std::runtime_error("npy header: " + out.describe() + " takes " + std::to_string(*bytes) +
                             " bytes, but there are " + std::to_string(in.left()));
  }
  out.data.resize(*bytes);
  in.fill(out.data);

  if (header.big_endian) swap_bytes(out.data, out.type == dtype::text ? 4 : out.item_size);
  if (header.fortran_order && out.shape.size() > 1) {
    out.data = row_major(out.data, out.shape, out.item_size);
  }
  if (header.widen != nullptr) widen(out, header.widen);
  if (!valid_text(out)) throw std::runtime_error("text with invalid Unicode");
  return out;
}

array read_npy(std::span<const std::byte> file) {
  return read_npy(file.size(), [&](std::span<std::byte> out) {
    std::memcpy(out.data(), file.data(), out.size());
    file = file.subspan(out.size());
  });
}

std::string npy_preamble(const array_view& a) {
  std::string header = format_npy_header(a);
  if (bytes_of(a.shape, a.item_size) != a.data.size()) {
    throw std::invalid_argument("an array of shape " + describe_shape(a.shape) + " from " +
                                std::to_string(a.data.size()) + " bytes");
  }
  std::string out(magic);
  out += {'\1', '\0', '\0', '\0'};
  const std::size_t used = out.size() + header.size() + 1;
  header.append((alignment - used % alignment) % alignment, ' ') += '\n';
  out[8] = static_cast<char>(header.size() & 0xFF);
  out[9] = static_cast<char>(header.size() >> 8);
  return out + header;
}

}  // namespace twinpath::inline v0::detail::io
