// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string_view>

#include <twinpath/isa.hpp>

#include "common/command_line.hpp"
#include "digits/choices.hpp"

namespace profile {
namespace {

using digits::schedule_choices;

constexpr int most_threads = 1024;

/// "all", or names separated by commas; repeated names count once.
std::vector<twinpath::schedule> parse_schedules(const std::string& text) {
  std::vector<twinpath::schedule> schedules;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view word = std::string_view(text).substr(begin, end - begin);
    const bool all = word == "all";
    bool known = all;
    for (const auto& c : schedule_choices) {
      if (!all && word != c.name) continue;
      known = true;
      if (std::ranges::find(schedules, c.value) == schedules.end()) schedules.push_back(c.value);
    }
    if (!known) bench::refuse("--schedule", text, "all, " + names(schedule_choices));
    begin = end + 1;
  }
  return schedules;
}

void cap_tier(const std::string& name) {
  setenv("TWINPATH_ISA", name.c_str(), 1);
  try {
    (void)twinpath::active_isa();
  } catch (const std::invalid_argument& e) {
    throw CLI::ValidationError("--isa", e.what());
  }
}

}  // namespace

parsed_options parse_command_line(int argc, char** argv) {
  std::string layers = "784-512-512-10", batch = "256", steps = "200", warmup = "120", schedule = "all";
  std::string seed = "1", threads, isa, train, idx, trace, json, html, svg;
  bool in_double = false, quiet = false;

  CLI::App app(
      "Profiles training steps: the time of each operation, how the parameter path (dW, db) and the\n"
      "backprop path (dZ) share the threads, and the gain of each schedule.");
  const auto add = [&app](const char* option, std::string& value, const char* help, const char* type) {
    return app.add_option(option, value, help)->type_name(type);
  };
  add("--layers", layers, "Widths, inputs first and classes last", "N-N-...")->capture_default_str();
  add("--batch", batch, "Examples in a step", "N")->capture_default_str();
  add("--steps", steps, "Timed steps of each schedule; the same number is traced", "N")
      ->capture_default_str();
  add("--warmup", warmup, "Untimed steps of each schedule before them", "N")->capture_default_str();
  add("--schedule", schedule,
      ("all or some of " + names(schedule_choices) + ",\nseparated by commas").c_str(), "NAMES")
      ->capture_default_str();
  add("--threads", threads, "Threads to use (default: all)", "N");
  add("--isa", isa, "Cap of the instruction set (default: none)", "NAME");
  app.add_flag("--double", in_double, "double instead of float");
  add("--seed", seed, "Seed of the initial weights and of random data", "N")->capture_default_str();
  CLI::Option* const train_option = add("--train", train,
                                        "Examples, CSV: inputs, the class 0, 1, ... last\n"
                                        "(default: random inputs and classes)",
                                        "FILE");
  add("--idx", idx,
      "Examples in MNIST's format from this folder: train-images-idx3-ubyte,\n"
      "train-labels-idx1-ubyte, plain or compressed (.gz)",
      "DIR")
      ->excludes(train_option);
  add("--json", json, "Write all numbers to this file", "FILE");
  add("--html", html, "Write a page for a browser to this file", "FILE");
  add("--svg", svg, "Write the timelines of one step to this file, as SVG", "FILE");
  add("--trace", trace,
      "Write the last traced steps to this file, as Chrome JSON:\n"
      "those of the concurrent schedule, if it is profiled",
      "FILE");
  app.add_flag("--quiet", quiet, "Print the conclusion only");
  app.failure_message(bench::failure_text);

  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  constexpr std::size_t most_steps = 1'000'000'000;
  constexpr std::uint64_t largest_seed = std::numeric_limits<std::uint64_t>::max();
  options o;
  try {
    app.parse(argc, argv);
    o.layers = bench::parse_layers("--layers", layers);
    o.batch = bench::parse_number<std::size_t>("--batch", batch, 1, most, "a whole number from 1 up");
    o.steps = bench::parse_number<std::size_t>("--steps", steps, 1, most_steps, "1 to 10^9");
    o.warmup = bench::parse_number<std::size_t>("--warmup", warmup, 0, most_steps, "0 to 10^9");
    o.schedules = parse_schedules(schedule);
    o.seed = bench::parse_number<std::uint64_t>("--seed", seed, 0, largest_seed,
                                                "a whole number from 0 to 2^64 - 1");
    if (app.count("--threads") != 0) {
      o.threads =
          bench::parse_number("--threads", threads, 1, most_threads, "1 to " + std::to_string(most_threads));
    }
    for (const char* const option : {"--train", "--idx", "--json", "--html", "--svg", "--trace"}) {
      if (app.count(option) != 0 && app[option]->as<std::string>().empty())
        bench::refuse(option, "",
                      option == std::string_view("--idx") ? "the name of a folder" : "the name of a file");
    }
    if (app.count("--isa") != 0) cap_tier(isa);
  } catch (const CLI::ParseError& e) {
    return {std::nullopt, app.exit(e)};
  }
  o.in_double = in_double;
  o.train = train;
  o.idx = idx;
  o.trace = trace;
  o.json = json;
  o.html = html;
  o.svg = svg;
  o.quiet = quiet;
  return {o, 0};
}

}  // namespace profile
