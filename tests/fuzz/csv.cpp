// SPDX-License-Identifier: MIT
// The reader of CSV files: any file gives either examples, which read back the same after they are written,
// or a data_error.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "digits/dataset.hpp"
#include "failure.hpp"
#include "memory_file.hpp"

namespace {

constexpr std::size_t inputs = 3;
constexpr std::size_t classes = 10;
constexpr float scale = 1.0f / 16;

std::string text_of(const digits::dataset& data) {
  std::string text;
  for (std::size_t i = 0; i < data.classes.size(); ++i) {
    for (const float x : data.inputs.row(i)) {
      std::array<char, 32> digits;
      const float value = x / scale;
      text.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr) += ',';
    }
    text += std::to_string(data.classes[i]) + '\n';
  }
  return text;
}

void check(const digits::dataset& data) {
  if (data.classes.empty() || data.inputs.rows() != data.classes.size() || data.inputs.cols() != inputs) {
    fuzz::fail("examples of a wrong shape");
  }
  for (const float x : data.inputs.elements()) {
    if (!std::isfinite(x)) fuzz::fail("an input that is not finite");
  }
  for (const std::int32_t c : data.classes) {
    if (c < 0 || c >= static_cast<std::int32_t>(classes)) fuzz::fail("a class out of range");
  }
}

bool same(const digits::dataset& a, const digits::dataset& b) {
  const auto equal = [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  };
  return a.classes == b.classes && std::ranges::equal(a.inputs.elements(), b.inputs.elements(), equal);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static fuzz::memory_file file;
  digits::dataset data;
  const auto read = [&] { return digits::read_csv(file.path(), inputs, classes, scale); };
  file.assign({bytes, size});
  if (!fuzz::reads<digits::data_error>(file.path(), [&] { data = read(); })) return 0;
  check(data);

  const std::string text = text_of(data);
  file.assign({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (!same(read(), data)) fuzz::fail("examples that read back differently from\n" + text);
  return 0;
}
