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

/// The format's unit of time.
double microseconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1000;
}

/// A colour name of the format. Perfetto ignores it and colours spans by their names.
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

// Names may be invalid UTF-8.
std::string text(const json& scalar) {
  return scalar.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The text of an object, built member by member. The destructor of a json object allocates, and would end
/// the program if memory runs out.
class object {
 public:
  void add(std::string_view key, const json& scalar) { add_text(key, text(scalar)); }
  void add(std::string_view key, const object& value) { add_text(key, value.str()); }
  [[nodiscard]] std::string str() const { return "{" + members_ + "}"; }

 private:
  void add_text(std::string_view key, const std::string& value) {
    if (!members_.empty()) members_ += ',';
    members_ += text(key);
    members_ += ':';
    members_ += value;
  }

  std::string members_;
};

/// Counted from 1: Perfetto takes thread 0 for the idle time of a processor and does not show it.
std::size_t number(std::size_t thread) {
  return thread + 1;
}

object event(std::string_view phase, std::string_view name, std::size_t thread) {
  object e;
  e.add("ph", phase);
  e.add("name", name);
  e.add("pid", 1);
  e.add("tid", number(thread));
  return e;
}

object metadata(std::string_view what, std::size_t thread, std::string_view value) {
  object args;
  args.add("name", value);
  object e = event("M", what, thread);
  e.add("args", args);
  return e;
}

object complete(const timed_span& span) {
  const span_path path = path_of(span.label.operation);
  const std::int64_t ns = span.end_ns - span.begin_ns;
  object args;
  args.add("path", name(path));
  if (span.label.layer != 0) args.add("layer", span.label.layer);
  if (const auto& [m, n, k] = span.shape; m != 0 || n != 0) {
    args.add("m", m);
    args.add("n", n);
    args.add("k", k);
  }
  if (span.flops() > 0) {
    args.add("flops", span.flops());
    if (ns > 0) args.add("GFLOP/s", span.flops() / static_cast<double>(ns));
  }
  object e = event("X", span_name(span.label), span.thread);
  e.add("cat", name(path));
  e.add("cname", colour(path));
  e.add("ts", microseconds(span.begin_ns));
  e.add("dur", microseconds(ns));
  e.add("args", args);
  return e;
}

object count_of_dropped(std::size_t dropped) {
  object o;
  o.add("dropped_spans", dropped);
  return o;
}

/// An event at the end of the last span.
object dropped_spans(std::size_t dropped, std::int64_t end_ns) {
  object e = event("i", std::to_string(dropped) + " spans dropped: a thread's buffer was full", 0);
  e.add("s", "g");
  e.add("cname", "terrible");
  e.add("ts", microseconds(end_ns));
  e.add("args", count_of_dropped(dropped));
  return e;
}

/// Ignores the stream's width and locale.
void write(std::ostream& out, std::string_view text) {
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

void write_chrome_json(std::ostream& out, const std::vector<timed_span>& spans, std::size_t threads,
                       std::size_t dropped) {
  write(out, R"({"displayTimeUnit":"ns","otherData":)" + count_of_dropped(dropped).str() +
                 ",\"traceEvents\":[\n" + metadata("process_name", 0, "twinpath").str());
  const auto append = [&](const object& e) { write(out, ",\n" + e.str()); };
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
