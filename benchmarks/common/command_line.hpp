// SPDX-License-Identifier: MIT
// Strict parsing of option values: a value that is not valid as a whole is an error that names the expected
// form.
#pragma once

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

namespace bench {

[[noreturn]] inline void refuse(const std::string& option, const std::string& text,
                                const std::string& expectation) {
  throw CLI::ValidationError(option, '"' + text + "\", expected " + expectation);
}

// CLI11's own conversion takes -1 for 2^64 - 1 and 010 for 8.
template <class T>
[[nodiscard]] T parse_number(const std::string& option, const std::string& text, T least, T most,
                             const std::string& expectation) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || next != end || !(value >= least && value <= most))
    refuse(option, text, expectation);
  return value;
}

/// Widths such as 64-128-10.
[[nodiscard]] inline std::vector<std::size_t> parse_layers(const std::string& option,
                                                           const std::string& text) {
  const auto check = [&](bool fits) {
    if (!fits) refuse(option, text, "two or more widths above 0, such as 64-128-10");
  };
  std::vector<std::size_t> widths;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::size_t width = 0;
    const auto [next, error] = std::from_chars(at, end, width);
    check(error == std::errc() && width > 0);
    widths.push_back(width);
    if (next == end) break;
    check(*next == '-');
    at = next + 1;
  }
  check(widths.size() > 1);
  return widths;
}

/// A function for `failure_message` of an application.
[[nodiscard]] inline std::string failure_text(const CLI::App*, const CLI::Error& e) {
  return "error: " + std::string(e.what()) + "\nRun with --help for more information.\n";
}

}  // namespace bench
