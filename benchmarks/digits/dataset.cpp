// SPDX-License-Identifier: MIT
#include "dataset.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace digits {
namespace {

constexpr std::string_view blanks = " \t";

std::string read_text(const std::filesystem::path& file) {
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(file, ignored);  // some systems open it like a file
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in && !is_folder) text << in.rdbuf();
  if (!in || is_folder || text.bad()) {
    const int reason = is_folder ? EISDIR : errno;
    throw data_error(file.string() + ": " +
                     (reason == 0 ? "cannot be read" : std::generic_category().message(reason)));
  }
  return std::move(text).str();
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The text for an error message: shortened and without control characters.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 24;
  std::string shown(text.substr(0, longest));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return '"' + shown + (text.size() > longest ? "…\"" : "\"");
}

template <class T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Removes and returns the text before the first separator.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t length = std::min(text.find(separator), text.size());
  const std::string_view front = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return front;
}

class line_parser {
 public:
  line_parser(const std::filesystem::path& file, std::size_t inputs, std::size_t classes, float scale)
      : file_(file), inputs_(inputs), classes_(classes), scale_(scale) {}

  /// Fills `out` with the inputs of one line and returns the class.
  std::int32_t parse(std::string_view line, std::size_t number, std::span<float> out) const {
    if (trimmed(line).empty()) fail(number, "blank line");
    const auto values = static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) + 1;
    if (values != inputs_ + 1) {
      fail(number, std::to_string(values) + (values == 1 ? " value" : " values") + ", expected " +
                       std::to_string(inputs_ + 1) + ": " + std::to_string(inputs_) +
                       (inputs_ == 1 ? " input" : " inputs") + " and the class");
    }
    for (std::size_t j = 0; j < inputs_; ++j) {
      const std::string_view text = trimmed(take(line, ','));
      const auto value = parsed<float>(text);
      if (!value || !std::isfinite(*value)) {
        fail(number, "value " + std::to_string(j + 1) + " is " + quoted(text) + ", expected a number");
      }
      out[j] = *value * scale_;
    }
    const std::string_view text = trimmed(line);
    const auto label = parsed<std::int32_t>(text);
    if (!label || *label < 0 || static_cast<std::size_t>(*label) >= classes_) {
      fail(number, "class is " + quoted(text) + ", expected 0 to " + std::to_string(classes_ - 1));
    }
    return *label;
  }

 private:
  [[noreturn]] void fail(std::size_t number, const std::string& text) const {
    throw data_error(file_.string() + ":" + std::to_string(number) + ": " + text);
  }

  const std::filesystem::path& file_;
  std::size_t inputs_;
  std::size_t classes_;
  float scale_;
};

}  // namespace

dataset read_csv(const std::filesystem::path& file, std::size_t inputs, std::size_t classes, float scale) {
  const std::string text = read_text(file);
  // npos + 1 is 0: a file with only blanks and line ends has no line.
  std::string_view rest = std::string_view(text).substr(0, text.find_last_not_of(" \t\r\n") + 1);
  if (rest.empty()) throw data_error(file.string() + ": no examples, the file is empty");

  const line_parser parser(file, inputs, classes, scale);
  std::vector<float> row(inputs);
  std::vector<float> values;
  dataset data;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::string_view line = take(rest, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    data.classes.push_back(parser.parse(line, number, row));
    values.insert(values.end(), row.begin(), row.end());
  }
  data.inputs =
      twinpath::matrix<float>(twinpath::matrix_view<const float>(values.data(), data.classes.size(), inputs));
  return data;
}

}  // namespace digits
