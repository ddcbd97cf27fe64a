// SPDX-License-Identifier: MIT
#include "statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "digits/choices.hpp"

namespace profile {
namespace {

using digits::median;
using digits::quantile;

struct operation_sums {
  piece first;
  std::size_t pieces = 0;
  double thread_ns = 0;
  // One value for each step in which it ran.
  std::vector<double> busy_us = {}, threads = {}, gflops = {};
};

/// One operation in one step.
struct operation_in_step {
  std::vector<interval> intervals;
  double thread_ns = 0, flops = 0;
};

/// In the order of a step: forward, then for each layer from the last to the first the operations that read
/// its dZ.
std::array<std::size_t, 2> place(const piece& p, std::size_t layers) {
  if (p.operation == "loss") return {layers + 1, 0};
  if (p.path == path::forward) return {p.layer, 0};
  if (p.path == path::other) return {3 * layers + 3, 0};
  const bool backprop = p.path == path::backprop;
  const std::size_t fork = backprop ? p.layer + 1 : p.layer;
  const std::size_t turn = backprop ? 1 : p.operation == "dW" ? 0 : p.operation == "db" ? 2 : 3;
  return {2 * layers + 2 - fork, turn};
}

std::vector<operation_numbers> operations_of(const schedule_run& run, double step_ns, const numbers& n) {
  std::map<std::string, operation_sums> all;
  for (const traced_step& step : run.traced) {
    std::map<std::string, operation_in_step> here;
    for (const piece& p : step.pieces) {
      ++all.try_emplace(p.name, operation_sums{.first = p}).first->second.pieces;
      operation_in_step& o = here[p.name];
      o.intervals.push_back({p.begin_ns, p.end_ns});
      o.thread_ns += p.length();
      o.flops += p.flops;
    }
    for (auto& [name, o] : here) {
      operation_sums& sums = all[name];
      // The clock may show 0 for the shortest ones.
      const double ns = std::max(1.0, length(united(std::move(o.intervals))));
      sums.thread_ns += o.thread_ns;
      sums.busy_us.push_back(ns / 1000);
      sums.threads.push_back(o.thread_ns / ns);
      sums.gflops.push_back(o.flops / ns);
    }
  }
  std::vector<operation_sums> sorted;
  for (auto& [name, sums] : all) sorted.push_back(std::move(sums));
  std::ranges::stable_sort(sorted, {},
                           [&](const operation_sums& s) { return place(s.first, n.layers.size() - 1); });
  std::vector<operation_numbers> result;
  for (operation_sums& sums : sorted) {
    operation_numbers& o = result.emplace_back();
    o.name = sums.first.name;
    o.operation = sums.first.operation;
    o.layer = sums.first.layer;
    o.path = sums.first.path;
    o.calls = sums.busy_us.size();
    o.pieces = sums.pieces;
    o.p95_us = quantile(sums.busy_us, 0.95);
    o.median_us = median(std::move(sums.busy_us));
    o.of_step = sums.thread_ns / (step_ns * n.threads);
    o.threads = median(std::move(sums.threads));
    o.gflops = median(std::move(sums.gflops));
    o.of_peak = o.gflops / n.peak;
  }
  return result;
}

std::vector<fork_numbers> forks_of(const schedule_run& run, std::size_t layers) {
  std::vector<fork_numbers> forks;
  for (std::size_t l = layers; l > 1; --l) {
    fork_numbers f{l, "dW" + std::to_string(l), "dZ" + std::to_string(l - 1), 0};
    double both = 0, parameter = 0, backprop = 0;
    for (const traced_step& step : run.traced) {
      const auto a = busy(step.pieces, [&](const piece& p) { return p.name == f.parameter; });
      const auto b = busy(step.pieces, [&](const piece& p) { return p.name == f.backprop; });
      both += length_of_both(a, b);
      parameter += length(a);
      backprop += length(b);
    }
    const double shorter = std::min(parameter, backprop);
    f.overlap = shorter > 0 ? both / shorter : 0;
    forks.push_back(std::move(f));
  }
  return forks;
}

/// A thread without spans was idle all the time.
std::vector<double> idle_of(const schedule_run& run, double step_ns, int threads) {
  std::size_t lanes = static_cast<std::size_t>(threads);
  for (const traced_step& step : run.traced) {
    for (const piece& p : step.pieces) lanes = std::max<std::size_t>(lanes, p.thread + 1);
  }
  std::vector<double> idle;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    double busy_ns = 0;
    for (const traced_step& step : run.traced)
      busy_ns += length(busy(step.pieces, [&](const piece& p) { return p.thread == lane; }));
    idle.push_back(std::clamp(1 - busy_ns / step_ns, 0.0, 1.0));
  }
  return idle;
}

/// On a busy machine a thread was often interrupted in the step with the median time.
traced_step typical_step(const schedule_run& run, const schedule_numbers& s) {
  const auto distance = [&](const traced_step& step) {
    double us = std::abs(step.time_ns / 1000 - s.traced_us);
    for (const operation_numbers& o : s.operations) {
      const double here = length(busy(step.pieces, [&](const piece& p) { return p.name == o.name; })) / 1000;
      us += std::abs(here - o.median_us);
    }
    return us;
  };
  std::vector<double> distances;
  for (const traced_step& step : run.traced) distances.push_back(distance(step));
  return run.traced[static_cast<std::size_t>(std::ranges::min_element(distances) - distances.begin())];
}

std::vector<double> all_of(const std::vector<std::vector<double>>& rounds) {
  std::vector<double> all;
  for (const auto& round : rounds) all.insert(all.end(), round.begin(), round.end());
  return all;
}

/// Of the multiply-adds that a step needs; the first layer has no backprop path.
double flops_of_step(const numbers& n) {
  double products = 0;
  for (std::size_t l = 1; l < n.layers.size(); ++l)
    products +=
        (l == 1 ? 2.0 : 3.0) * static_cast<double>(n.layers[l - 1]) * static_cast<double>(n.layers[l]);
  return 2 * products * static_cast<double>(n.batch);
}

void compare(schedule_numbers& s, const schedule_run& run, const schedule_run& sequential) {
  std::vector<double> gains;
  for (std::size_t r = 0; r < run.round_us.size(); ++r)
    gains.push_back(median(sequential.round_us[r]) / median(run.round_us[r]));
  s.gain = median(all_of(sequential.round_us)) / s.median_us;
  s.gain_low = quantile(gains, 0.25);
  s.gain_high = quantile(gains, 0.75);
}

}  // namespace

void fill_schedules(numbers& to, const runs& measured) {
  const auto sequential =
      std::ranges::find(measured.schedules, twinpath::schedule::sequential, &schedule_run::how);
  to.same_bits = measured.same_bits;
  to.rounds = measured.schedules.front().round_us.size();
  for (const schedule_run& run : measured.schedules) {
    double step_ns = 0;
    std::vector<double> traced_us;
    for (const traced_step& step : run.traced) {
      step_ns += step.time_ns;
      traced_us.push_back(step.time_ns / 1000);
    }
    schedule_numbers& s = to.schedules.emplace_back();
    s.name = digits::name(run.how);
    s.form_text = run.form;
    s.form = run.form.substr(0, run.form.find(" ("));
    s.median_us = median(all_of(run.round_us));
    s.p95_us = quantile(all_of(run.round_us), 0.95);
    s.traced_us = median(std::move(traced_us));
    s.gflops = flops_of_step(to) / s.median_us * 1e-3;
    s.of_peak = s.gflops / to.peak;
    if (sequential != measured.schedules.end()) compare(s, run, *sequential);
    s.idle = idle_of(run, step_ns, to.threads);
    s.operations = operations_of(run, step_ns, to);
    s.forks = forks_of(run, to.layers.size() - 1);
    s.dropped = run.dropped;
    s.typical = typical_step(run, s);
  }
}

const schedule_numbers* numbers::find(const std::string& schedule) const {
  const auto found = std::ranges::find(schedules, schedule, &schedule_numbers::name);
  return found == schedules.end() ? nullptr : &*found;
}

const operation_numbers* find(const schedule_numbers& s, const std::string& operation) {
  const auto found = std::ranges::find(s.operations, operation, &operation_numbers::name);
  return found == s.operations.end() ? nullptr : &*found;
}

}  // namespace profile
