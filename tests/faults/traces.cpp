// SPDX-License-Identifier: MIT
// Traces when allocations fail, and when the file cannot be written.
#include <twinpath/twinpath.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <new>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "faults/failures.hpp"
#include "support/catch.hpp"
#include "support/size_limit.hpp"
#include "support/step_problem.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tests;

/// A trace of some steps.
void record(tp::trace& trace) {
  const step_problem<float> p({64, 128, 10}, 64, 30);
  trace.start();
  train(p, tp::schedule::sequential);
  trace.stop();
}

/// The reason in the error: the text after "trace: cannot write FILE: ".
std::string write_error(const tp::trace& trace, const std::filesystem::path& file) {
  try {
    trace.write_chrome_json(file);
  } catch (const std::runtime_error& e) {
    const std::string what = e.what(), start = "trace: cannot write " + file.string() + ": ";
    return what.starts_with(start) ? what.substr(start.size()) : "the file is not named: " + what;
  }
  return "no error";
}

}  // namespace

TEST_CASE("construction, start and reading of a trace", "[faults][trace]") {
  const auto none = [] { return std::optional<tp::trace>(); };
  const auto is_there = [](const auto& trace) { return std::string(trace ? "there" : "none"); };
  CHECK(fail_each_allocation(
            1, none, [](std::optional<tp::trace>& trace) { trace.emplace(); }, is_there) > 0);
  CHECK(fail_each_allocation(
            1, [] { return std::make_unique<tp::trace>(); }, [](const auto& trace) { trace->start(); },
            is_there) == 0);

  tp::trace trace;
  record(trace);
  const auto text = [] { return std::string(); };
  const auto same = [](const std::string& all) { return all; };
  CHECK(fail_each_allocation(
            1, text,
            [&](std::string& all) {
              std::string now;
              for (const tp::span_record& span : trace.spans()) now += span.name;
              all = now;
            },
            same) > 10);
  CHECK(fail_each_allocation(
            1, text,
            [&](std::string& all) {
              all = std::to_string(trace.busy_ns("dW2")) + " " + std::to_string(trace.overlap("dW2", "dZ1"));
            },
            same) > 2);
}

TEST_CASE("writing of a trace", "[faults][trace]") {
  tp::trace trace;
  record(trace);
  const temporary_folder folder;
  std::ostringstream expected;
  trace.write_chrome_json(expected);
  // Only some of the thousands of allocations fail: their number depends on the number of spans alone.
  std::size_t failures = 0;
  for (std::size_t n = 0; n < 20000; n += n < 200 ? 1 : 97) {
    const std::size_t held = counting_new::allocations() - counting_new::deallocations();
    bool failed = false, thrown = false;
    {
      const counting_new::failing_at failing(n, n % 2 == 1);
      try {
        trace.write_chrome_json(folder / "x.json");
      } catch (const std::bad_alloc&) {
        thrown = true;
      }
      failed = failing.has_failed();
    }
    const std::size_t held_after = counting_new::allocations() - counting_new::deallocations();
    INFO("allocation " << n);
    REQUIRE(held_after == held);
    if (!failed) break;
    ++failures;
    if (!thrown) REQUIRE(read_file(folder / "x.json") == expected.str());
  }
  CHECK(failures > 200);
  trace.write_chrome_json(folder / "x.json");
  CHECK(read_file(folder / "x.json") == expected.str());
}

TEST_CASE("recorded steps need no more memory", "[faults][trace]") {
  const step_problem<float> p({64, 128, 10}, 64, 1);
  const history<float> expected = train(p, tp::schedule::sequential);
  bool dropped = false;
  std::size_t n = 0;
  for (bool failed = true; failed; ++n) {
    on_new_thread(1, [&] {
      tp::mlp<float> net = p.network(tp::schedule::sequential);
      tp::trace trace;
      trace.start();
      history<float> now(1);
      bool thrown = false;
      {
        const counting_new::failing_at failing(n, true);
        try {
          now[0] = net.train_step(p.X, p.Y, p.rule);
        } catch (const std::bad_alloc&) {
          thrown = true;
        }
        failed = failing.has_failed();
      }
      trace.stop();
      dropped = dropped || (!thrown && trace.dropped() > 0);
      if (thrown) now[0] = net.train_step(p.X, p.Y, p.rule);
      append_parameters(now, net);
      REQUIRE(difference(now, expected) == "");
    });
  }
  CHECK(n > 3);
  CHECK(dropped);
}

TEST_CASE("the error of a trace that cannot be written names the file and the reason", "[faults][trace]") {
  tp::trace trace;
  record(trace);
  const temporary_folder folder;
  CHECK(write_error(trace, folder / "none" / "x.json") == "No such file or directory");
  CHECK(write_error(trace, folder.path()) == "Is a directory");
  write_file(folder / "file", "");
  CHECK(write_error(trace, folder / "file" / "x.json") == "Not a directory");
  if (std::filesystem::exists("/dev/full")) {
    CHECK(write_error(trace, "/dev/full") == "No space left on device");
    // Shorter than the buffer of a stream, so that only closing fails.
    CHECK(write_error(tp::trace(), "/dev/full") == "No space left on device");
  }
  for (const rlim_t size : {0u, 1u, 100u, 5000u, 10000u}) {
    CAPTURE(size);
    std::string error;
    {
      const size_limit limit(size);
      error = write_error(trace, folder / "x.json");
    }
    CHECK(error == "File too large");
  }
  write_file(folder / "protected", "old");
  std::filesystem::permissions(folder / "protected", std::filesystem::perms::owner_read);
  if (::geteuid() == 0) {
    WARN("root may write to a file that may only be read");
  } else {
    CHECK(write_error(trace, folder / "protected") == "Permission denied");
    CHECK(read_file(folder / "protected") == "old");
  }
  CHECK(write_error(trace, folder / "x.json") == "no error");
}
