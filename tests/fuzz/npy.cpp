// SPDX-License-Identifier: MIT
// The reader of .npy files: any file gives either an array, which reads back the same after it is written, or
// a std::runtime_error.
#include "io/npy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "failure.hpp"
#include "io/npy_header.hpp"

namespace io = twinpath::detail::io;

namespace {

std::vector<std::byte> written(const io::array& a) {
  const std::string preamble = io::npy_preamble(a.view());
  const auto start = std::as_bytes(std::span(preamble));
  std::vector<std::byte> file(start.begin(), start.end());
  file.insert(file.end(), a.data.begin(), a.data.end());
  return file;
}

void check_strings(const io::array& a) {
  if (a.type != io::dtype::bytes && a.type != io::dtype::text) return;
  if (a.strings().size() * a.item_size != a.data.size()) fuzz::fail("another number of strings");
}

/// Corrects the length of the header, and the number of bytes of elements by what the header says. Returns
/// the size of the file, at most `most`.
std::size_t repaired(std::uint8_t* data, std::size_t size, std::size_t most) {
  if (size < 12) return size;
  const std::size_t start = data[6] == 1 ? 10 : 12;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('}', start) + 1;
  if (end == 0) return size;
  data[8] = static_cast<std::uint8_t>(end - start);
  data[9] = static_cast<std::uint8_t>((end - start) >> 8);
  try {
    const io::npy_header header = io::parse_npy_header(text.substr(start, end - start));
    const std::optional<std::size_t> bytes = io::bytes_of(header.shape, header.item_size);
    if (!bytes || *bytes > most - end) return size;
    std::fill(data + std::min(size, end + *bytes), data + end + *bytes, std::uint8_t{1});
    return end + *bytes;
  } catch (const std::runtime_error&) {
    return size;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  io::array a;
  // From its first byte, of any alignment.
  if (!fuzz::reads<std::runtime_error>("", [&] { a = io::read_npy(std::as_bytes(std::span(data, size))); })) {
    return 0;
  }
  check_strings(a);
  if (io::read_npy(written(a)) != a) fuzz::fail("another array after it was written: " + a.describe());
  return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// After nearly every mutation sizes would disagree, and nothing behind that check would be tested.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  return seed % 4 == 0 ? size : repaired(data, size, most);
}
