// SPDX-License-Identifier: MIT
// The reader of .npy files: whatever is in the file, either an array that reads back the same once it is
// written, or a std::runtime_error.
#include "io/npy.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "failure.hpp"

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
