// SPDX-License-Identifier: MIT
#include "comparison.hpp"

#include <oneapi/tbb/task_arena.h>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "choices.hpp"
#include "weights.hpp"

namespace digits {
namespace {

// Short epochs are repeated until the medians are stable, long ones only as often as quartiles require.
constexpr std::size_t fewest_repetitions = 4;
constexpr std::size_t most_repetitions = 400;
constexpr std::chrono::milliseconds enough_time{1000};

constexpr std::size_t traced_runs = 7;
constexpr std::size_t spans_per_layer = 32;  // upper bound for one step on one thread
constexpr std::size_t fewest_spans = std::size_t{1} << 16;
constexpr std::size_t most_spans = std::size_t{1} << 20;

/// In them the automatic schedule chooses.
constexpr std::size_t steps_of_trials = 450;

// Places in `schedule_choices`.
constexpr std::size_t sequential = 0, concurrent = 1, automatic = 3;

struct contestant {
  std::string name;
  twinpath::mlp<float> net;
  bool on_one_thread;
  std::vector<double> step_us = {};
  double last_us = 0;  ///< of the last repetition
};

struct traced_run {
  double overlap;
  std::unique_ptr<twinpath::trace> trace;
};

twinpath::mlp<float> with_schedule(const twinpath::mlp<float>& net, twinpath::schedule how) {
  twinpath::mlp<float> copy = net;
  copy.set_schedule(how);
  return copy;
}

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

schedule_comparison compare_schedules(const twinpath::mlp<float>& before, const twinpath::mlp<float>& after,
                                      const twinpath::batches<float>::range& epoch,
                                      const twinpath::optimizer& rule, const step_observer& observe) {
  schedule_comparison result;
  std::vector<contestant> all;
  for (const auto& x : schedule_choices)
    all.push_back({std::string(x.name), with_schedule(before, x.value), false});
  all.push_back({"one thread", with_schedule(before, twinpath::schedule::automatic), true});
  oneapi::tbb::task_arena one_thread(1);
  const auto run = [&](contestant& x) {
    copy_state(before, x.net);
    const auto epoch_of_net = [&] { return run_epoch(x.net, epoch, rule, observe).step_us; };
    std::vector<double> steps = x.on_one_thread ? one_thread.execute(epoch_of_net) : epoch_of_net();
    result.same_bits = result.same_bits && same_bits(x.net, after);
    return steps;
  };
  for (contestant& x : all) {
    for (std::size_t steps = 0; steps < steps_of_trials; steps += epoch.size()) run(x);
  }

  std::vector<double> gains;
  const auto begin = clock::now();
  while (result.repetitions < fewest_repetitions ||
         (result.repetitions < most_repetitions && clock::now() - begin < enough_time)) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      // Another one begins each repetition, so that none always runs after the same one.
      contestant& x = all[(i + result.repetitions) % all.size()];
      std::vector<double> steps = run(x);
      append(x.step_us, steps);
      x.last_us = median(std::move(steps));
    }
    gains.push_back(all[sequential].last_us / all[concurrent].last_us);
    ++result.repetitions;
  }
  for (contestant& x : all) result.all.push_back({x.name, median(std::move(x.step_us))});
  result.automatic = all[automatic].net.describe(epoch.begin()->inputs.rows());
  result.gain = result.all[sequential].step_us / result.all[concurrent].step_us;
  result.gain_low = quantile(gains, 0.25);
  result.gain_high = quantile(gains, 0.75);
  return result;
}

fork_profile profile_fork(const twinpath::mlp<float>& before, const twinpath::mlp<float>& after,
                          const twinpath::batches<float>::range& epoch, const twinpath::optimizer& rule,
                          const step_observer& observe) {
  fork_profile result;
  twinpath::mlp<float> net = with_schedule(before, twinpath::schedule::concurrent);
  result.parameter_path = "dW" + std::to_string(net.layers());
  if (net.layers() > 1) result.backprop_path = "dZ" + std::to_string(net.layers() - 1);
  const std::size_t spans =
      std::clamp(epoch.size() * net.layers() * spans_per_layer, fewest_spans, most_spans);

  // The first epoch allocates memory and wakes the threads; it is not measured.
  run_epoch(net, epoch, rule, observe);
  std::vector<traced_run> runs;
  for (std::size_t i = 0; i < traced_runs; ++i) {
    auto trace = std::make_unique<twinpath::trace>(spans);
    copy_state(before, net);
    trace->start();
    run_epoch(net, epoch, rule, observe);
    trace->stop();
    result.same_bits = result.same_bits && same_bits(net, after);
    const double overlap = trace->overlap(result.parameter_path, result.backprop_path);
    runs.push_back({overlap, std::move(trace)});
  }

  std::ranges::sort(runs, {}, &traced_run::overlap);
  traced_run& middle = runs[runs.size() / 2];
  const auto per_step = [&](const std::string& name) {
    return static_cast<double>(middle.trace->busy_ns(name)) / 1000 / static_cast<double>(epoch.size());
  };
  result.parameter_us = per_step(result.parameter_path);
  result.backprop_us = per_step(result.backprop_path);
  result.overlap = middle.overlap;
  result.overlap_low = runs.front().overlap;
  result.overlap_high = runs.back().overlap;
  result.runs = runs.size();
  result.trace = std::move(middle.trace);
  return result;
}

}  // namespace digits
