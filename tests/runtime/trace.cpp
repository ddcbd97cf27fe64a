// SPDX-License-Identifier: MIT
#include <twinpath/trace.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <limits>
#include <locale>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "counting_new.hpp"
#include "runtime/span.hpp"
#include "support/catch.hpp"

namespace tp = twinpath;
using nlohmann::json;
using tp::detail::append_span;
using tp::detail::span_label;
using tp::detail::span_scope;
using tp::detail::span_shape;

namespace {

// Makes a span long enough for the clock to measure.
void record(span_label label) {
  const span_scope scope(label);
  std::this_thread::sleep_for(std::chrono::microseconds(50));
}

template <class F>
void in_new_thread(F f) {
  std::thread(f).join();
}

json chrome_json(const tp::trace& trace) {
  std::ostringstream out;
  trace.write_chrome_json(out);
  return json::parse(out.str());
}

std::vector<json> events(const json& document, const std::string& phase) {
  std::vector<json> found;
  for (const json& event : document.at("traceEvents")) {
    if (event.at("ph") == phase) found.push_back(event);
  }
  return found;
}

class temporary_file {
 public:
  explicit temporary_file(const std::string& name) : path_(std::filesystem::temp_directory_path() / name) {}
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("nothing is recorded, and nothing allocated, while no trace records", "[runtime][trace]") {
  tp::trace trace;
  const std::size_t before = counting_new::allocations();
  { const span_scope scope({"dW", 2}); }
  append_span({"dW", 2}, 0, 1);
  const std::size_t after = counting_new::allocations();
  CHECK(before == after);
  CHECK(trace.spans().empty());
  trace.start();
  trace.stop();
  { const span_scope scope({"dW", 2}); }
  append_span({"dW", 2}, 0, 1);
  CHECK(trace.spans().empty());
  CHECK(trace.dropped() == 0);
}

TEST_CASE("nested spans enclose each other", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  {
    const span_scope outer({"update", 1});
    record({"dW", 2});
    record({"loss"});
    record({});
  }
  trace.stop();
  const auto spans = trace.spans();
  REQUIRE(spans.size() == 3);
  CHECK(spans[0].name == "update1");
  CHECK(spans[1].name == "dW2");
  CHECK(spans[2].name == "loss");
  CHECK(spans[0].begin_ns >= 0);
  CHECK(spans[0].begin_ns <= spans[1].begin_ns);
  CHECK(spans[1].end_ns - spans[1].begin_ns >= 50'000);
  CHECK(spans[1].end_ns <= spans[2].begin_ns);
  CHECK(spans[2].end_ns <= spans[0].end_ns);
  for (const auto& span : spans) CHECK(span.thread == 0);
}

TEST_CASE("a span names its operation and layer", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  {
    const span_scope scope({"dW", 2}, [] { return span_shape{4, 2, 10}; });
  }
  append_span({"loss"}, 1'000'000'000'000, 1'000'000'000'001);
  trace.stop();
  const auto spans = trace.spans();
  REQUIRE(spans.size() == 2);
  CHECK(spans[0].name == "dW2");
  CHECK(spans[0].operation == "dW");
  CHECK(spans[0].layer == 2);
  CHECK(spans[0].path == tp::span_path::parameter);
  CHECK(spans[0].m == 4);
  CHECK(spans[0].n == 2);
  CHECK(spans[0].k == 10);
  CHECK(spans[0].flops == 160);
  CHECK(spans[1].operation == "loss");
  CHECK(spans[1].layer == 0);
  CHECK(spans[1].path == tp::span_path::forward);
  CHECK(spans[1].m + spans[1].n + spans[1].k == 0);
  CHECK(spans[1].flops == 0);
}

TEST_CASE("a shape is not computed while no trace records", "[runtime][trace]") {
  bool asked = false;
  const span_scope scope({"dW", 2}, [&] {
    asked = true;
    return span_shape{};
  });
  CHECK_FALSE(asked);
}

TEST_CASE("each thread has a number", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  std::thread a([] {
    for (int i = 0; i < 1000; ++i) span_scope({"dW", 1});
  });
  std::thread b([] {
    for (int i = 0; i < 1000; ++i) span_scope({"dZ", 1});
  });
  a.join();
  b.join();
  trace.stop();
  const auto spans = trace.spans();
  CHECK(spans.size() == 2000);
  CHECK(trace.dropped() == 0);
  std::set<std::pair<std::uint32_t, std::string>> pairs;
  for (const auto& span : spans) pairs.insert({span.thread, span.name});
  CHECK(pairs.size() == 2);
  CHECK(pairs.begin()->first == 0);
  CHECK(pairs.rbegin()->first == 1);
  CHECK(std::is_sorted(spans.begin(), spans.end(),
                       [](const auto& x, const auto& y) { return x.begin_ns < y.begin_ns; }));
}

TEST_CASE("threads are numbered in the order in which they record", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  in_new_thread([] { record({"A", 1}); });
  record({"A", 2});
  in_new_thread([] { record({"A", 3}); });
  trace.stop();
  const auto spans = trace.spans();
  REQUIRE(spans.size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(spans[i].name == std::string("A").append(std::to_string(i + 1)));
    CHECK(spans[i].thread == i);
  }
}

TEST_CASE("a full buffer drops and counts", "[runtime][trace]") {
  tp::trace trace(3);
  trace.start();
  for (int i = 0; i < 5; ++i) append_span({"dW", 1}, i, i + 1);
  in_new_thread([] {
    for (int i = 0; i < 4; ++i) append_span({"dZ", 1}, i, i + 1);
  });
  trace.stop();
  CHECK(trace.spans().size() == 6);
  CHECK(trace.dropped() == 3);
  CHECK(trace.busy_ns("dW1") == 3);
  const json document = chrome_json(trace);
  CHECK(document.at("otherData").at("dropped_spans") == 3);
  const auto instants = events(document, "i");
  REQUIRE(instants.size() == 1);
  CHECK(instants[0].at("name") == "3 spans dropped: a thread's buffer was full");
  CHECK(instants[0].at("s") == "g");
  CHECK(instants[0].at("ts") == 0.003);
  CHECK(instants[0].at("args").at("dropped_spans") == 3);

  trace.start();
  trace.stop();
  CHECK(trace.dropped() == 0);

  tp::trace none(0);
  none.start();
  append_span({"dW", 1}, 0, 1);
  none.stop();
  CHECK(none.spans().empty());
  CHECK(none.dropped() == 1);
}

TEST_CASE("a thread without memory for its buffer drops its spans", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  {
    const counting_new::failing no_memory;
    const span_scope scope({"dW", 1});
  }
  append_span({"dW", 1}, 0, 1);
  trace.stop();
  CHECK(trace.dropped() == 1);
  CHECK(trace.spans().size() == 1);

  tp::trace impossible(std::numeric_limits<std::size_t>::max());
  impossible.start();
  append_span({"dW", 1}, 0, 1);
  impossible.stop();
  CHECK(impossible.dropped() == 1);
}

TEST_CASE("recording allocates once a thread", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  append_span({"dW", 1}, 0, 1);
  const std::size_t before = counting_new::allocations();
  for (int i = 0; i < 100; ++i) span_scope({"dW", 1});
  const std::size_t after = counting_new::allocations();
  trace.stop();
  CHECK(before == after);
  CHECK(trace.spans().size() == 101);
}

TEST_CASE("busy time is the length of the union over all threads", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  append_span({"dW", 2}, 100, 200);
  append_span({"dW", 2}, 150, 180);  // inside
  append_span({"dW", 2}, 300, 400);
  append_span({"dW", 2}, 600, 600);  // empty
  append_span({"dW", 1}, 0, 1000);   // another layer
  append_span({"dW", 22}, 0, 1000);
  in_new_thread([] {
    append_span({"dW", 2}, 190, 250);  // reaches beyond
    append_span({"dW", 2}, 250, 260);  // touches
    append_span({"dW", 2}, 10, 20);    // not in order
  });
  trace.stop();
  CHECK(trace.busy_ns("dW2") == 10 + 160 + 100);
  CHECK(trace.busy_ns("dW1") == 1000);
  CHECK(trace.busy_ns("dW") == 0);
  CHECK(trace.busy_ns("") == 0);
}

TEST_CASE("overlap is relative to the shorter busy time", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  // dW2: [0, 100) and [200, 300). dZ1: [50, 90), [80, 120), [250, 260), [290, 400): 190 in all.
  append_span({"dW", 2}, 200, 300);
  append_span({"dW", 2}, 0, 100);
  append_span({"loss"}, 1000, 1100);
  append_span({"Z", 1}, 300, 300);
  append_span({"inside"}, 210, 220);
  in_new_thread([] {
    append_span({"dZ", 1}, 50, 90);
    append_span({"dZ", 1}, 250, 260);
    append_span({"dZ", 1}, 290, 400);
  });
  in_new_thread([] { append_span({"dZ", 1}, 80, 120); });
  trace.stop();
  REQUIRE(trace.busy_ns("dW2") == 200);
  REQUIRE(trace.busy_ns("dZ1") == 190);
  CHECK(trace.overlap("dW2", "dZ1") == 70.0 / 190.0);  // [50, 100), [250, 260), [290, 300)
  CHECK(trace.overlap("dZ1", "dW2") == 70.0 / 190.0);
  CHECK(trace.overlap("dW2", "dW2") == 1);
  CHECK(trace.overlap("dW2", "inside") == 1);
  CHECK(trace.overlap("dW2", "loss") == 0);
  CHECK(trace.overlap("dW2", "absent") == 0);
  CHECK(trace.overlap("absent", "absent") == 0);
  CHECK(trace.overlap("dW2", "Z1") == 0);  // a span without length
}

TEST_CASE("one trace records at a time", "[runtime][trace]") {
  tp::trace first, second;
  first.start();
  CHECK_THROWS_AS(second.start(), std::logic_error);
  CHECK_THROWS_WITH(second.start(), "trace::start: another trace is recording");
  second.stop();  // does not stop the first
  append_span({"dW", 1}, 0, 1);
  first.stop();
  first.stop();
  second.start();
  append_span({"dZ", 1}, 0, 1);
  second.stop();
  REQUIRE(first.spans().size() == 1);
  REQUIRE(second.spans().size() == 1);
  CHECK(first.spans()[0].name == "dW1");
  CHECK(second.spans()[0].name == "dZ1");
}

TEST_CASE("starting again forgets the old spans", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  record({"dW", 1});
  in_new_thread([] { record({"dW", 1}); });
  SECTION("while it records") {}
  SECTION("after it stopped") {
    trace.stop();
  }
  trace.start();
  record({"dZ", 1});
  trace.stop();
  const auto spans = trace.spans();
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].name == "dZ1");
  CHECK(spans[0].thread == 0);
  CHECK(spans[0].begin_ns >= 0);
}

TEST_CASE("a scope that is open at stop is recorded when it ends", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  {
    const span_scope open({"dW", 1});
    trace.stop();
    const span_scope late({"dZ", 1});
    CHECK(trace.spans().empty());
  }
  const auto spans = trace.spans();
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].name == "dW1");
}

TEST_CASE("a scope that is open across another start is forgotten", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  {
    const span_scope open({"dW", 1});
    trace.start();
    SECTION("the thread records again") {
      record({"dZ", 1});
      CHECK(trace.spans().size() == 1);
    }
    SECTION("the thread does not") {
      CHECK(trace.spans().empty());
    }
  }
  trace.stop();
  for (const auto& span : trace.spans()) CHECK(span.name == "dZ1");
}

TEST_CASE("a thread's buffer is not used after its trace is gone", "[runtime][trace]") {
  // The thread outlives three traces. The second may have the address of the first.
  auto trace = std::make_unique<tp::trace>(4);
  trace->start();
  std::promise<void> recorded, destroyed, recorded_again, destroyed_open;
  std::thread worker([&] {
    record({"first"});
    recorded.set_value();
    destroyed.get_future().wait();
    record({"second"});
    {
      const span_scope open({"open"});
      recorded_again.set_value();
      destroyed_open.get_future().wait();
    }
    record({"third"});
  });

  recorded.get_future().wait();
  trace->stop();
  CHECK(trace->busy_ns("first") > 0);
  trace.reset();

  trace = std::make_unique<tp::trace>(4);
  trace->start();
  destroyed.set_value();
  recorded_again.get_future().wait();
  CHECK(trace->spans().size() == 1);
  CHECK(trace->busy_ns("second") > 0);
  trace.reset();  // while it records

  trace = std::make_unique<tp::trace>(4);
  trace->start();
  destroyed_open.set_value();
  worker.join();
  trace->stop();
  const auto spans = trace->spans();
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].name == "third");
}

TEST_CASE("start, stop and readers may meet running scopes", "[runtime][trace]") {
  // The interface promises no useful result of this, but no data race either.
  std::atomic<bool> done{false};
  const auto work = [&] {
    while (!done) {
      const span_scope outer({"dW", 1});
      const span_scope inner({"dZ", 1});
    }
  };
  std::thread a(work), b(work);
  for (int i = 0; i < 50; ++i) {
    tp::trace trace(100);
    trace.start();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    if (i % 2 == 0) trace.stop();
    for (const auto& span : trace.spans()) {
      if ((span.name != "dW1" && span.name != "dZ1") || span.end_ns < span.begin_ns) FAIL("a torn span");
    }
    if (i % 3 == 0) trace.start();
  }
  done = true;
  a.join();
  b.join();
}

TEST_CASE("chrome json holds every span", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  append_span({"dW", 2}, 1'234'567, 1'234'572, {4, 2, 10});
  append_span({"db", 2}, 2'000'000, 2'001'050);
  in_new_thread([] { append_span({"dZ", 1}, 7, 1'000'000'000'007, {100'000, 200'000, 3}); });
  trace.stop();
  const json document = chrome_json(trace);

  const auto spans = events(document, "X");
  REQUIRE(spans.size() == 3);
  CHECK(spans[0] == json::parse(R"({"ph": "X", "pid": 1, "tid": 2, "name": "dZ1", "cat": "backprop",
      "cname": "rail_animation", "ts": 0.007, "dur": 1000000000.0, "args": {"path": "backprop", "layer": 1,
      "m": 100000, "n": 200000, "k": 3, "flops": 120000000000.0, "GFLOP/s": 0.12}})"));
  CHECK(spans[1] == json::parse(R"({"ph": "X", "pid": 1, "tid": 1, "name": "dW2", "cat": "parameter",
      "cname": "rail_response", "ts": 1234.567, "dur": 0.005, "args": {"path": "parameter", "layer": 2,
      "m": 4, "n": 2, "k": 10, "flops": 160.0, "GFLOP/s": 32.0}})"));
  CHECK(spans[2] == json::parse(R"({"ph": "X", "pid": 1, "tid": 1, "name": "db2", "cat": "parameter",
      "cname": "rail_response", "ts": 2000.0, "dur": 1.05, "args": {"path": "parameter", "layer": 2}})"));
  CHECK(events(document, "i").empty());

  const auto metadata = events(document, "M");
  REQUIRE(metadata.size() == 3);
  CHECK(metadata[0].at("name") == "process_name");
  CHECK(metadata[0].at("args").at("name") == "twinpath");
  for (const int thread : {1, 2}) {
    const json& event = metadata[static_cast<std::size_t>(thread)];
    CHECK(event.at("name") == "thread_name");
    CHECK(event.at("pid") == 1);
    CHECK(event.at("tid") == thread);
    CHECK(event.at("args").at("name") == std::string("thread ").append(std::to_string(thread)));
  }
}

TEST_CASE("chrome json of an empty trace is valid", "[runtime][trace]") {
  const tp::trace trace;
  const json document = chrome_json(trace);
  CHECK(events(document, "X").empty());
  CHECK(events(document, "M").size() == 1);
}

TEST_CASE("chrome json sorts operations into categories", "[runtime][trace]") {
  const std::vector<std::pair<span_label, std::string>> expected = {
      {{"dW", 1}, "parameter"}, {{"db", 3}, "parameter"}, {{"dZ", 1}, "backprop"}, {{"dX"}, "backprop"},
      {{"Z", 12}, "forward"},   {{"softmax"}, "forward"}, {{"loss"}, "forward"},   {{"update", 1}, "update"},
      {{"norm"}, "update"},     {{"gemm"}, "none"},       {{"Adam"}, "none"},      {{""}, "none"},
      {{"d"}, "none"},          {{"dW2"}, "none"},        {{"Zero"}, "none"},
  };
  tp::trace trace;
  trace.start();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    append_span(expected[i].first, static_cast<std::int64_t>(i), static_cast<std::int64_t>(i + 1));
  }
  trace.stop();
  const auto spans = events(chrome_json(trace), "X");
  REQUIRE(spans.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(spans[i].at("name"));
    CHECK(spans[i].at("cat") == expected[i].second);
    CHECK(spans[i].at("args").at("path") == expected[i].second);
  }
}

TEST_CASE("chrome json survives odd names, times and streams", "[runtime][trace]") {
  const char* const odd = "quote \" backslash \\ newline \n tab \t escape \x1b delta \u03b4";
  tp::trace trace;
  trace.start();
  append_span({"not \xff UTF-8"}, -2'000, -1'999);
  append_span({odd}, -1'500, 12'345'678'901);
  append_span({"dW", 4'000'000'000u}, 0, 1);
  trace.stop();

  struct grouping : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
  };
  std::ostringstream out;
  out.imbue(std::locale(std::locale::classic(), new grouping));
  out << std::hex << std::showbase;
  out.width(100);
  trace.write_chrome_json(out);
  const auto spans = events(json::parse(out.str()), "X");
  REQUIRE(spans.size() == 3);
  CHECK(spans[1].at("name") == odd);
  CHECK(spans[1].at("ts") == -1.5);
  CHECK(spans[1].at("dur") == 12345680.401);
  CHECK(spans[2].at("name") == "dW4000000000");
}

TEST_CASE("chrome json goes to a file", "[runtime][trace]") {
  tp::trace trace;
  trace.start();
  for (int i = 0; i < 1000; ++i) append_span({"dW", 1}, i, i + 1);
  trace.stop();

  const temporary_file file("twinpath_trace_test.json");
  trace.write_chrome_json(file.path());
  std::ifstream in(file.path());
  CHECK(events(json::parse(in), "X").size() == 1000);
}
