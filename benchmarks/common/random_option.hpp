// SPDX-License-Identifier: MIT
// The option --random SEED:COUNT.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

#include "common/command_line.hpp"

namespace bench {

/// `seed` in decimal, or in hexadecimal after 0x, as in the name of a commit.
struct random_option {
  std::uint64_t seed = 0;
  std::size_t count = 0;
};

[[nodiscard]] inline random_option parse_random(const std::string& text) {
  constexpr std::size_t most = 100'000;
  const std::string expectation = "SEED:COUNT such as 1:200 or 0x5512bc0a:200, with at most 100000 rows";
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) refuse("--random", text, expectation);
  const bool hexadecimal = text.starts_with("0x");
  const char* const begin = text.data() + (hexadecimal ? 2 : 0);
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + colon, seed, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + colon) refuse("--random", text, expectation);
  std::size_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [count_end, count_error] = std::from_chars(end + 1, last, count);
  if (count_error != std::errc() || count_end != last || count < 1 || count > most)
    refuse("--random", text, expectation);
  return {seed, count};
}

}  // namespace bench
