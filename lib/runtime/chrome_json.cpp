// SPDX-License-Identifier: MIT
#include "chrome_json.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

#include "json.hpp"
#include "span_path.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// The format counts in microseconds.
double microseconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1000;
}

/// One of the colours that the format has names for. Perfetto does not look at it: it has a colour for every
/// name of a span.
std::string_view colour(span_path path) {
  switch (path) {
    case span_path::none:
      break;
    case span_path::forward:
      return "rail_load";
    case span_path::parameter:
      return "rail_response";
    case span_path::backprop:
      return "rail_animation";
    case span_path::update:
      return "rail_idle";
  }
  return "generic_work";
}

/// From 1, because Perfetto takes thread 0 for the idle time of a processor and shows nothing of it.
std::size_t number(std::size_t thread) {
  return thread + 1;
}

json event(std::string_view phase, std::string_view name, std::size_t thread) {
  return {{"ph", phase}, {"name", name}, {"pid", 1}, {"tid", number(thread)}};
}

json metadata(std::string_view what, std::size_t thread, std::string_view value) {
  json e = event("M", what, thread);
  e["args"] = {{"name", value}};
  return e;
}

json complete(const timed_span& span) {
  const span_path path = path_of(span.label.operation);
  const std::int64_t ns = span.end_ns - span.begin_ns;
  json args = {{"path", name(path)}};
  if (span.label.layer != 0) args["layer"] = span.label.layer;
  if (const auto& [m, n, k] = span.shape; m != 0 || n != 0) {
    args["m"] = m;
    args["n"] = n;
    args["k"] = k;
  }
  if (span.flops() > 0) {
    args["flops"] = span.flops();
    if (ns > 0) args["GFLOP/s"] = span.flops() / static_cast<double>(ns);
  }
  json e = event("X", span_name(span.label), span.thread);
  e["cat"] = name(path);
  e["cname"] = colour(path);
  e["ts"] = microseconds(span.begin_ns);
  e["dur"] = microseconds(ns);
  e["args"] = std::move(args);
  return e;
}

/// Stands behind the last span.
json dropped_spans(std::size_t dropped, std::int64_t end_ns) {
  json e = event("i", std::to_string(dropped) + " spans dropped: a thread's buffer was full", 0);
  e["s"] = "g";
  e["cname"] = "terrible";
  e["ts"] = microseconds(end_ns);
  e["args"] = {{"dropped_spans", dropped}};
  return e;
}

// Names are not checked to be UTF-8.
std::string text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Past the stream's width and locale.
void write(std::ostream& out, std::string_view text) {
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

void write_chrome_json(std::ostream& out, const std::vector<timed_span>& spans, std::size_t threads,
                       std::size_t dropped) {
  // The library has no writer for a document in pieces: the outermost brackets are ours.
  write(out, R"({"displayTimeUnit":"ns","otherData":)" + text({{"dropped_spans", dropped}}) +
                 ",\"traceEvents\":[\n" + text(metadata("process_name", 0, "twinpath")));
  const auto append = [&](const json& e) { write(out, ",\n" + text(e)); };
  for (std::size_t thread = 0; thread < threads; ++thread)
    append(metadata("thread_name", thread, "thread " + std::to_string(number(thread))));
  std::int64_t end_ns = 0;
  for (const timed_span& span : spans) {
    if (!out) return;
    append(complete(span));
    end_ns = std::max(end_ns, span.end_ns);
  }
  if (dropped != 0) append(dropped_spans(dropped, end_ns));
  write(out, "\n]}\n");
}

}  // namespace twinpath::inline v0::detail
