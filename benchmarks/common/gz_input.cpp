// SPDX-License-Identifier: MIT
#include "common/gz_input.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "common/dataset.hpp"

namespace bench {
namespace {

std::string reason(int error) {
  return error == 0 ? "cannot be read" : std::generic_category().message(error);
}

}  // namespace

gz_input::gz_input(const std::filesystem::path& file) : name_(file) {
  errno = 0;
  file_.reset(::gzopen(file.c_str(), "rb"));
  if (!file_) fail(reason(errno));
}

std::size_t gz_input::read(std::span<unsigned char> bytes) {
  constexpr std::size_t most = 1U << 30;  // gzread counts in int
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto piece = static_cast<unsigned>(std::min(bytes.size() - done, most));
    errno = 0;
    const int got = ::gzread(file_.get(), bytes.data() + done, piece);
    const int system_error = errno;
    int state = Z_OK;
    // The error text begins with the file's name.
    const std::string_view text = ::gzerror(file_.get(), &state);
    if (state == Z_ERRNO) fail(reason(system_error));
    if (state == Z_BUF_ERROR) fail("cut off in the middle of its compressed data");
    if (state != Z_OK && state != Z_STREAM_END) {
      const std::size_t colon = text.rfind(": ");
      fail("damaged compressed data: " + std::string(colon == text.npos ? text : text.substr(colon + 2)));
    }
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void gz_input::fail(const std::string& text) const {
  throw data_error(name_.string() + ": " + text);
}

}  // namespace bench
