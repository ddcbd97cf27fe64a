// SPDX-License-Identifier: MIT
// How a fuzzer says that an input has found something.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace fuzz {

/// Ends the program, upon which libFuzzer keeps the input.
[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

/// Whether `read` has read a file. Fails when it throws anything but an Error whose text begins with the
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
