// SPDX-License-Identifier: MIT
// The report of a fuzzer that an input has found an error.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace fuzz {

/// Ends the program; libFuzzer then keeps the input.
[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

/// Whether `read` has read a file. Fails if it throws anything but an Error whose message begins with the
/// file's name.
template <class Error, class Read>
bool reads(const std::filesystem::path& file, const Read& read) {
  try {
    read();
    return true;
  } catch (const Error& e) {
    if (!std::string_view(e.what()).starts_with(file.string())) {
      fail("the error does not name the file: " + std::string(e.what()));
    }
    return false;
  } catch (const std::exception& e) {
    fail("an error of another type: " + std::string(e.what()));
  }
}

}  // namespace fuzz
