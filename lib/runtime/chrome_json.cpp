// SPDX-License-Identifier: MIT
#include "chrome_json.hpp"

#include <charconv>
#include <cmath>
#include <ostream>
#include <string_view>

#include "span_path.hpp"

namespace twinpath::inline v0::detail {
namespace {

void append_string(std::string& json, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (code < 0x20) {
      json += "\\u00";
      json += digits[code / 16];
      json += digits[code % 16];
    } else {
      json += c;
    }
  }
  json += '"';
}

// JSON has no Inf and no NaN.
void append_number(std::string& json, double x) {
  if (!std::isfinite(x)) {
    json += "null";
    return;
  }
  char text[32];
  json.append(text, std::to_chars(text, text + sizeof text, x).ptr);
}

// The format counts in microseconds; the decimals keep every nanosecond.
void append_microseconds(std::string& json, std::int64_t ns) {
  auto magnitude = static_cast<std::uint64_t>(ns);
  if (ns < 0) {
    json += '-';
    magnitude = 0 - magnitude;
  }
  const std::string decimals = std::to_string(magnitude % 1000);
  json += std::to_string(magnitude / 1000);
  json += '.';
  json.append(3 - decimals.size(), '0').append(decimals);
}

void append_metadata(std::string& json, std::string_view what, std::size_t thread, std::string_view value) {
  json += R"({"ph":"M","pid":1,"tid":)" + std::to_string(thread) + R"(,"name":)";
  append_string(json, what);
  json += R"(,"args":{"name":)";
  append_string(json, value);
  json += "}}";
}

void append_event(std::string& json, const timed_span& span) {
  json += R"({"ph":"X","pid":1,"tid":)" + std::to_string(span.thread) + R"(,"name":)";
  append_string(json, span_name(span.label));
  json += R"(,"cat":)";
  append_string(json, name(path_of(span.label.operation)));
  json += R"(,"ts":)";
  append_microseconds(json, span.begin_ns);
  json += R"(,"dur":)";
  append_microseconds(json, span.end_ns - span.begin_ns);
  json += R"(,"args":{"layer":)" + std::to_string(span.label.layer) + R"(,"flops":)";
  append_number(json, span.flops());
  json += "}}";
}

}  // namespace

void write_chrome_json(std::ostream& out, const std::vector<timed_span>& spans, std::size_t threads,
                       std::size_t dropped) {
  std::string json = R"({"displayTimeUnit":"ns","otherData":{"dropped_spans":)" + std::to_string(dropped) +
                     "},\"traceEvents\":[\n";
  append_metadata(json, "process_name", 0, "twinpath");
  for (std::size_t thread = 0; thread < threads; ++thread) {
    json += ",\n";
    append_metadata(json, "thread_name", thread, "thread " + std::to_string(thread));
  }
  const auto flush = [&] {
    out.write(json.data(), static_cast<std::streamsize>(json.size()));
    json.clear();
  };
  for (const timed_span& span : spans) {
    flush();
    json += ",\n";
    append_event(json, span);
  }
  json += "\n]}\n";
  flush();
}

}  // namespace twinpath::inline v0::detail
