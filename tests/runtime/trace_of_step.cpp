// SPDX-License-Identifier: MIT
// What a trace says of steps of training.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/threads.hpp"

namespace tp = twinpath;
using nlohmann::json;

namespace {

constexpr std::size_t rows = 96, classes = 3;
const std::vector<std::size_t> widths = {300, 200, classes};

/// Records one step of a network whose products are of every kind on every tier: its last layer is narrow.
void record_step(tp::trace& trace, tp::schedule how) {
  tp::mlp<float> net(widths, {.seed = 1, .schedule = how});
  tp::matrix<float> X(rows, widths.front()), Y(rows, widths.back());
  for (std::size_t i = 0; i < rows; ++i) Y(i, i % widths.back()) = 1;
  trace.start();
  net.train_step(X, Y, tp::sgd{.learning_rate = 0.1});
  trace.stop();
}

bool is_part(const tp::span_record& span) {
  std::string whole = span.operation;
  if (span.layer != 0) whole += std::to_string(span.layer);
  return span.name != whole;
}

bool lies_in(const tp::span_record& inner, const tp::span_record& outer) {
  return inner.thread == outer.thread && outer.begin_ns <= inner.begin_ns && inner.end_ns <= outer.end_ns;
}

/// Flops of the pieces of each operation.
std::map<std::string, double> flops_of(const std::vector<tp::span_record>& spans) {
  std::map<std::string, double> sums;
  for (const tp::span_record& span : spans) {
    if (!is_part(span)) sums[span.name] += span.flops;
  }
  return sums;
}

constexpr tp::schedule schedules[] = {tp::schedule::sequential, tp::schedule::concurrent,
                                      tp::schedule::row_blocks, tp::schedule::automatic};

}  // namespace

TEST_CASE("pieces of a step have layers, paths and shapes", "[runtime][trace]") {
  for (const std::size_t threads : {1u, 2u, 3u}) {
    for (const tp::schedule how : schedules) {
      INFO(threads << " threads, schedule " << static_cast<int>(how));
      tp::trace trace;
      tests::on_threads(threads, [&] { record_step(trace, how); });
      const auto spans = trace.spans();
      for (const tp::span_record& span : spans) {
        INFO(span.name);
        CHECK_FALSE(is_part(span));
        CHECK(span.flops == 2.0 * static_cast<double>(span.m * span.n * span.k));
        const auto path = span.operation == "dW" || span.operation == "db" ? tp::span_path::parameter
                          : span.operation == "dZ"                         ? tp::span_path::backprop
                          : span.operation == "update"                     ? tp::span_path::update
                                                                           : tp::span_path::forward;
        CHECK(span.path == path);
        CHECK(span.layer == (span.operation == "loss" ? 0u : static_cast<unsigned>(span.name.back() - '0')));
      }
      const auto flops = flops_of(spans);
      CHECK(flops.at("Z1") == 2.0 * rows * 300 * 200);
      CHECK(flops.at("Z2") == 2.0 * rows * 200 * classes);
      CHECK(flops.at("dW2") == 2.0 * rows * 200 * classes);
      CHECK(flops.at("dZ1") == 2.0 * rows * 200 * classes);
      CHECK(flops.at("dW1") == 2.0 * rows * 300 * 200);
    }
  }
}

TEST_CASE("a product's piece keeps the order of its dimensions", "[runtime][trace]") {
  tests::on_threads(1, [&] {
    tp::trace trace;
    record_step(trace, tp::schedule::sequential);
    const auto spans = trace.spans();
    const auto dW2 = std::find_if(spans.begin(), spans.end(), [](const auto& s) { return s.name == "dW2"; });
    REQUIRE(dW2 != spans.end());
    CHECK(dW2->layer == 2);
    CHECK(dW2->path == tp::span_path::parameter);
    CHECK(dW2->m == 200);
    CHECK(dW2->n == classes);
    CHECK(dW2->k == rows);
  });
}

TEST_CASE("slices of a long k are pieces of their own", "[runtime][trace]") {
  tests::on_threads(2, [] {
    constexpr std::size_t k = 20000;
    const tp::matrix<float> A(k, 24), B(k, 32);
    tp::matrix<float> C(24, 32);
    tp::trace trace;
    trace.start();
    tp::gemm(tp::transposed(A), B, C);
    trace.stop();
    const auto spans = trace.spans();
    CHECK(flops_of(spans).at("gemm") == 2.0 * 24 * 32 * k);
    CHECK(spans.front().path == tp::span_path::none);
    CHECK(spans.front().layer == 0);
  });
}

TEST_CASE("parts lie inside their operations, where they are asked for", "[runtime][trace]") {
  std::set<std::string> parts;
  for (const std::size_t threads : {1u, 2u, 3u}) {
    for (const tp::schedule how : schedules) {
      INFO(threads << " threads, schedule " << static_cast<int>(how));
      tp::trace trace(tp::trace_options{.detail = tp::trace_detail::parts});
      tests::on_threads(threads, [&] { record_step(trace, how); });
      const auto spans = trace.spans();
      for (const tp::span_record& span : spans) {
        if (!is_part(span) && span.operation != "wait") continue;
        parts.insert(span.name);
        if (span.name == "wait") continue;
        INFO(span.name << " of " << span.operation << span.layer);
        CHECK(std::count_if(spans.begin(), spans.end(), [&](const auto& whole) {
                return !is_part(whole) && whole.operation == span.operation && whole.layer == span.layer &&
                       whole.path == span.path && lies_in(span, whole);
              }) == 1);
      }
      CHECK(flops_of(spans).at("dW1") == 2.0 * rows * 300 * 200);
      CHECK(trace.busy_ns("kernel") > 0);
    }
  }
  CHECK(parts.contains("kernel"));
  CHECK(parts.contains("transposed"));
  CHECK(parts.contains("finish"));
  CHECK(parts.contains("wait"));
}

TEST_CASE("packing is a part of a large product", "[runtime][trace]") {
  tests::on_threads(1, [] {
    const tp::matrix<float> A(500, 400), B(300, 500);
    tp::matrix<float> C(400, 300);
    tp::trace trace(tp::trace_options{.detail = tp::trace_detail::parts});
    trace.start();
    tp::gemm(tp::transposed(A), tp::transposed(B), C);
    trace.stop();
    const auto spans = trace.spans();
    std::map<std::string, std::size_t> counts;
    double kernels = 0;
    for (const tp::span_record& span : spans) {
      ++counts[span.name];
      CHECK(span.operation == "gemm");
      if (span.name == "kernel") kernels += span.flops;
      if (span.name == "pack A") CHECK((span.m > 0 && span.n == 0 && span.k > 0 && span.flops == 0));
      if (span.name == "pack B") CHECK((span.m == 0 && span.n > 0 && span.k > 0 && span.flops == 0));
    }
    CHECK(counts["gemm"] == 1);
    CHECK(counts["kernel"] > 1);
    CHECK(counts["pack B"] >= 1);
    CHECK(kernels == 2.0 * 500 * 400 * 300);
  });
}

TEST_CASE("chrome json of a step", "[runtime][trace]") {
  tp::trace trace(tp::trace_options{.detail = tp::trace_detail::parts});
  tests::on_threads(2, [&] { record_step(trace, tp::schedule::concurrent); });
  std::stringstream text;
  trace.write_chrome_json(text);
  const json document = json::parse(text);
  CHECK(document.at("otherData").at("dropped_spans") == 0);
  std::size_t found = 0, spans = 0;
  for (const json& event : document.at("traceEvents")) {
    if (event.at("ph") != "X") continue;
    ++spans;
    const json& args = event.at("args");
    CHECK(event.at("cat") == args.at("path"));
    if (event.at("name") != "dW2" || !args.contains("flops")) continue;
    ++found;
    CHECK(args.at("layer") == 2);
    CHECK(args.at("path") == "parameter");
    const double work = args.at("m").get<double>() * args.at("n").get<double>() * args.at("k").get<double>();
    CHECK(args.at("flops") == 2 * work);
    CHECK(args.at("GFLOP/s") > 0);
  }
  CHECK(found > 0);
  CHECK(spans == trace.spans().size());
}
