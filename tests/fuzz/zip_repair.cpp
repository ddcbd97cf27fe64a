// SPDX-License-Identifier: MIT
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3
#include "zip_repair.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace fuzz {
namespace {

using bytes = std::span<std::uint8_t>;

constexpr std::size_t local_size = 30, central_size = 46, end_size = 22;

std::size_t get(bytes file, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | file[at + i];
  return value;
}

void put(bytes file, std::size_t at, std::size_t count, std::size_t value) {
  for (std::size_t i = 0; i < count; ++i, value >>= 8) file[at + i] = static_cast<std::uint8_t>(value);
}

/// Where headers of `size` bytes begin.
std::vector<std::size_t> find_all(bytes file, std::string_view signature, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::vector<std::size_t> all;
  for (std::size_t at = text.find(signature); at != text.npos; at = text.find(signature, at + 1)) {
    if (file.size() - at >= size) all.push_back(at);
  }
  return all;
}

struct checksum {
  std::size_t crc;
  std::size_t size;
};

/// Of the content, where it can be known in short time.
std::optional<checksum> checksum_of(bytes stored, std::size_t method) {
  constexpr std::size_t most = std::size_t{1} << 15;
  if (method == 0)
    return checksum{::crc32(0, stored.data(), static_cast<uInt>(stored.size())), stored.size()};
  std::vector<std::uint8_t> content(most);
  z_stream stream{};
  if (method != Z_DEFLATED || ::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return std::nullopt;
  stream.next_in = stored.data();
  stream.avail_in = static_cast<uInt>(stored.size());
  stream.next_out = content.data();
  stream.avail_out = static_cast<uInt>(content.size());
  const bool done = ::inflate(&stream, Z_FINISH) == Z_STREAM_END;
  ::inflateEnd(&stream);
  if (!done) return std::nullopt;
  return checksum{::crc32(0, content.data(), static_cast<uInt>(stream.total_out)), stream.total_out};
}

/// One member. Something else begins at `limit`.
void repair_member(bytes file, std::size_t local, std::size_t central, std::size_t limit) {
  constexpr std::size_t zip64_size = 20;
  const std::size_t name = get(file, local + 26, 2), extra = get(file, local + 28, 2);
  const std::size_t begin = local + local_size + name + extra;
  if (begin > limit) return;
  put(file, central + 42, 4, local);
  // Flags, method, time and date.
  std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(central) + 8, 8,
              file.begin() + static_cast<std::ptrdiff_t>(local) + 6);
  if (get(file, central + 28, 2) == name && central + central_size + name <= file.size()) {
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(central + central_size), name,
                file.begin() + static_cast<std::ptrdiff_t>(local + local_size));
  }

  const bytes stored = file.subspan(begin, limit - begin);
  const std::optional<checksum> sum = checksum_of(stored, get(file, central + 10, 2));
  if (!sum) return;
  const std::array<std::size_t, 2> sizes{stored.size(), sum->size};
  const bool zip64 = extra >= zip64_size && get(file, local + local_size + name, 2) == 1;
  put(file, central + 16, 4, sum->crc);
  put(file, local + 14, 4, sum->crc);
  for (std::size_t i = 0; i < 2; ++i) {
    put(file, central + 20 + 4 * i, 4, sizes[i]);
    if (zip64) {
      put(file, local + local_size + name + 4 + 8 * (1 - i), 8, sizes[i]);
    } else {
      put(file, local + 18 + 4 * i, 4, sizes[i]);
    }
  }
}

}  // namespace

void repair_zip(bytes file) {
  const std::vector<std::size_t> locals = find_all(file, "PK\3\4", local_size);
  const std::vector<std::size_t> centrals = find_all(file, "PK\1\2", central_size);
  const std::vector<std::size_t> ends = find_all(file, "PK\5\6", end_size);
  if (locals.empty() || centrals.empty() || ends.empty()) return;
  const std::size_t first = centrals.front(), end = ends.back();
  if (first > end) return;

  const std::size_t members = std::min(locals.size(), centrals.size());
  for (std::size_t i = 0; i < members; ++i) {
    const std::size_t limit = i + 1 < locals.size() ? locals[i + 1] : first;
    if (limit <= first) repair_member(file, locals[i], centrals[i], limit);
  }
  put(file, end + 8, 2, members);
  put(file, end + 10, 2, members);
  put(file, end + 12, 4, end - first);
  put(file, end + 16, 4, first);
  put(file, end + 20, 2, file.size() - end - end_size);
}

}  // namespace fuzz
