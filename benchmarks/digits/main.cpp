// SPDX-License-Identifier: MIT
// Trains a network on handwritten digits and shows the overlap of the two backward paths.
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <twinpath/twinpath.hpp>

#include "common/idx.hpp"
#include "common/output_file.hpp"
#include "common/threads.hpp"
#include "comparison.hpp"
#include "dataset.hpp"
#include "network_file.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "training.hpp"
#include "weights.hpp"

namespace digits {
namespace {

namespace tp = twinpath;

constexpr float input_scale = 1.0f / 16;

struct problem {
  dataset train;
  dataset test;
};

problem read_data(const options& o, const std::vector<std::size_t>& layers) {
  if (!o.idx.empty()) {
    const auto read = [&](const char* part) {
      return bench::read_idx(o.idx, part, layers.front(), layers.back());
    };
    return {read("train"), read("t10k")};
  }
  const auto read = [&layers](const std::filesystem::path& file) {
    return read_csv(file, layers.front(), layers.back(), input_scale);
  };
  return {read(o.train), read(o.test)};
}

run_facts facts_of(const options& o, const problem& data, const tp::mlp<float>& net) {
  run_facts facts;
  facts.layers = net.widths();
  facts.activation = net.options().activation;
  facts.train_rows = data.train.classes.size();
  facts.test_rows = data.test.classes.size();
  for (std::size_t l = 1; l <= net.layers(); ++l) facts.parameters += net.parameters(l).size();
  facts.batch = std::min(o.batch, facts.train_rows);
  facts.updates = net.progress().updates;
  facts.tier = tp::name(tp::active_isa());
  facts.threads = oneapi::tbb::this_task_arena::max_concurrency();
  return facts;
}

void require_finite(const tp::mlp<float>& net, double loss, std::size_t epoch) {
  if (std::isfinite(loss) && all_finite(net)) return;
  throw std::runtime_error("training diverged in epoch " + std::to_string(epoch) + ": try a smaller --rate");
}

int run(const options& o, const problem& data, tp::mlp<float> net) {
  run_facts facts = facts_of(o, data, net);
  tp::batches examples(data.train.inputs, data.train.classes, facts.batch, o.seed);
  facts.first_epoch = static_cast<std::size_t>(facts.updates / examples.count());
  progress_line progress(!o.quiet);

  print_header(o, facts);
  if (!o.quiet) print_epoch_titles();
  std::optional<tp::mlp<float>> before_last;
  tp::matrix<float> probabilities(facts.test_rows, facts.layers.back());
  std::vector<double> step_us;
  final_results results;
  std::size_t epoch = facts.first_epoch;
  for (std::size_t left = o.epochs; left > 0; --left) {
    ++epoch;
    if (left == 1) before_last.emplace(net);
    const auto begin = clock::now();
    const epoch_result done = run_epoch(net, examples.epoch(epoch - 1), o.rule,
                                        progress.observe("epoch " + std::to_string(epoch), examples.count()));
    const std::chrono::duration<double, std::milli> time = clock::now() - begin;
    progress.clear();
    require_finite(net, done.loss, epoch);
    step_us.insert(step_us.end(), done.step_us.begin(), done.step_us.end());
    net.predict(data.test.inputs, probabilities);
    results.accuracy = tp::accuracy(probabilities.view(), data.test.classes);
    if (!o.quiet) print_epoch(epoch, done.loss, results.accuracy, time.count());
  }
  if (!o.quiet) std::printf("\n");
  results.steps = step_us.size();
  results.step_us = median(std::move(step_us));
  results.fingerprint = fingerprint(net);
  print_results(facts, results);
  if (!o.save.empty()) {
    save_network(net, o.save);
    print_saved_file(o.save);
  }

  const step_observer again = progress.observe("the last epoch again", examples.count());
  const auto last_epoch = examples.epoch(epoch - 1);
  const schedule_comparison schedules = compare_schedules(*before_last, net, last_epoch, o.rule, again);
  const fork_profile fork = profile_fork(*before_last, net, last_epoch, o.rule, again);
  progress.clear();
  print_comparison(examples.count(), schedules, fork);
  if (!o.trace.empty()) {
    fork.trace->write_chrome_json(o.trace);
    print_trace_file(o.trace);
  }
  if (!schedules.same_bits || !fork.same_bits) {
    throw std::runtime_error("the last epoch did not always end with the same bits");
  }
  print_conclusion(facts, schedules, fork);
  return EXIT_SUCCESS;
}

int run(const options& o) {
  if (!o.trace.empty()) bench::require_writable(o.trace);
  if (!o.save.empty()) require_savable(o.save);
  if (!o.load.empty()) {
    tp::mlp<float> net = load_network(o);
    const problem data = read_data(o, net.widths());
    return run(o, data, std::move(net));
  }
  const problem data = read_data(o, o.layers);
  return run(o, data,
             tp::mlp<float>(o.layers, {.seed = o.seed, .activation = *o.activation, .schedule = o.schedule}));
}

int fail(const char* what) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", what);
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace digits

int main(int argc, char** argv) {
  try {
    const digits::parsed_options parsed = digits::parse_command_line(argc, argv);
    if (!parsed.options) return parsed.exit_code;
    return bench::on_threads(parsed.options->threads, [&o = *parsed.options] { return digits::run(o); });
  } catch (const std::bad_alloc&) {
    return digits::fail("not enough memory");
  } catch (const std::exception& e) {
    return digits::fail(e.what());
  }
}
