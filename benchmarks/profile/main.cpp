// SPDX-License-Identifier: MIT
// The time of each operation of a training step, under each schedule.
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "common/library.hpp"
#include "common/output_file.hpp"
#include "common/peak.hpp"
#include "common/threads.hpp"
#include "conclusion.hpp"
#include "data.hpp"
#include "digits/progress.hpp"
#include "html.hpp"
#include "json.hpp"
#include "measure.hpp"
#include "options.hpp"
#include "statistics.hpp"
#include "tables.hpp"
#include "terminal.hpp"
#include "timeline.hpp"

namespace profile {
namespace {

numbers facts_of(const options& o, const std::string& data) {
  const bench::library lib = bench::describe_library();
  numbers n;
  n.cpu = bench::cpu_name();
  n.version = lib.version;
  n.tier = bench::name(lib.kernel_tier);
  n.element = o.in_double ? "double" : "float";
  n.data = data;
  n.threads = oneapi::tbb::this_task_arena::max_concurrency();
  n.peak =
      bench::fma_peak(lib.kernel_tier, o.in_double ? bench::element::f64 : bench::element::f32, n.threads);
  n.layers = o.layers;
  n.batch = o.batch;
  n.steps = o.steps;
  n.warmup = o.warmup;
  return n;
}

void write_trace(const options& o, const runs& measured) {
  const auto concurrent =
      std::ranges::find(measured.schedules, twinpath::schedule::concurrent, &schedule_run::how);
  const schedule_run& run = concurrent != measured.schedules.end() ? *concurrent : measured.schedules.front();
  run.trace->write_chrome_json(o.trace);
}

void write_files(const options& o, const numbers& n, const runs& measured) {
  const auto say = [&](const char* what, const std::filesystem::path& file, const char* how) {
    if (!o.quiet) std::cout << what << file.string() << how << '\n';
  };
  if (!o.json.empty()) {
    bench::write_file(o.json, to_json(n).dump(1) + '\n');
    say("json     ", o.json, "");
  }
  if (!o.html.empty()) {
    bench::write_file(o.html, to_html(n));
    say("html     ", o.html, "");
  }
  if (!o.svg.empty()) {
    bench::write_file(o.svg, timeline(n, {}));
    say("svg      ", o.svg, "");
  }
  if (!o.trace.empty()) {
    write_trace(o, measured);
    say("trace    ", o.trace, "; open it at https://ui.perfetto.dev");
  }
}

template <class T>
int run(const options& o) {
  for (const std::filesystem::path& file : {o.json, o.html, o.svg, o.trace}) {
    if (!file.empty()) bench::require_writable(file);
  }
  const examples<T> data = load_examples<T>(o);
  numbers n = facts_of(o, data.origin);
  if (!o.quiet) {
    print_header(std::cout, n);
    std::cout.flush();
  }
  digits::progress_line progress(!o.quiet);
  const runs measured =
      measure(o, data, progress.observe("training", o.schedules.size() * steps_of_schedule(o)));
  progress.clear();
  fill_schedules(n, measured);
  n.conclusion = conclude(n);
  if (!o.quiet) {
    print_tables(std::cout, n, colours_wanted());
    if (n.schedules.size() > 1)
      std::cout << "weights  " << (n.same_bits ? "the same bits" : "DIFFERENT BITS")
                << " under all schedules\n";
  }
  write_files(o, n, measured);
  std::cout << wrapped("In words: " + n.conclusion);
  if (!n.same_bits) throw std::runtime_error("the schedules did not end with the same bits");
  return EXIT_SUCCESS;
}

int run(const options& o) {
  return o.in_double ? run<double>(o) : run<float>(o);
}

int fail(const char* what) {
  std::cout.flush();
  std::fprintf(stderr, "error: %s\n", what);
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace profile

int main(int argc, char** argv) {
  try {
    const profile::parsed_options parsed = profile::parse_command_line(argc, argv);
    if (!parsed.options) return parsed.exit_code;
    return bench::on_threads(parsed.options->threads, [&o = *parsed.options] { return profile::run(o); });
  } catch (const std::bad_alloc&) {
    return profile::fail("not enough memory");
  } catch (const std::exception& e) {
    return profile::fail(e.what());
  }
}
