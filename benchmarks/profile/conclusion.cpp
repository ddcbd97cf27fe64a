// SPDX-License-Identifier: MIT
#include "conclusion.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "terminal.hpp"

namespace profile {
namespace {

// Smaller differences are noise of the machine.
constexpr double least_difference = 0.02;
// Half a thread idle on average is more than the uneven end of a product explains.
constexpr double least_idle_threads = 0.5;
// In an operation of this time that is cut into pieces, all threads should be awake.
constexpr double long_us = 100;

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " and ";
    text += names[i];
  }
  return text;
}

/// The operations of the two paths that do not keep all threads busy under the sequential schedule.
struct loners {
  std::vector<std::string> names;
  double idle_low = 0, idle_high = 0;  ///< threads
  double of_time = 0;                  ///< share of a sequential step
};

loners find_loners(const schedule_numbers& sequential, int threads) {
  loners found;
  for (const fork_numbers& f : sequential.forks) {
    for (const std::string& name : {f.parameter, f.backprop}) {
      const operation_numbers* const o = find(sequential, name);
      if (o == nullptr || o->threads == 0) continue;
      const double idle = threads - o->threads;
      if (idle < least_idle_threads) continue;
      found.idle_low = found.names.empty() ? idle : std::min(found.idle_low, idle);
      found.idle_high = std::max(found.idle_high, idle);
      found.of_time += o->median_us / sequential.traced_us;
      found.names.push_back(name);
    }
  }
  return found;
}

std::string left_alone(const loners& l, const schedule_numbers& sequential, int threads) {
  const auto low = static_cast<std::size_t>(std::lround(l.idle_low));
  const auto high = static_cast<std::size_t>(std::lround(l.idle_high));
  const std::string cores = threads == 2
                                ? "one core"
                                : (low == high ? "" : std::to_string(low) + " to ") + std::to_string(high) +
                                      " of " + std::to_string(threads) + " cores";
  const bool all = l.names.size() > 2 && l.names.size() == 2 * sequential.forks.size();
  return (all ? "dW and dZ of every layer" : listed(l.names)) +
         (l.names.size() > 1 ? " each leave " : " leaves ") + cores + " idle when run alone";
}

/// Whether another program disturbed the threads: long operations that were cut for several threads ran on
/// about one, or most steps have operations far above their medians.
bool unsteady(const schedule_numbers& sequential, int threads) {
  double held_up = 0, medians = 0;
  for (const operation_numbers& o : sequential.operations) {
    const double pieces = static_cast<double>(o.pieces) / static_cast<double>(o.calls);
    medians += o.median_us;
    if (o.median_us >= long_us && pieces > 1.5 && o.threads < 0.75 * std::min<double>(pieces, threads))
      held_up += o.median_us;
  }
  if (held_up > 0.25 * sequential.traced_us) return true;
  return sequential.traced_us > 5 * long_us && medians < 0.75 * sequential.traced_us;
}

double paths_us(const schedule_numbers& s, int threads) {
  double share = 0;
  for (const operation_numbers& o : s.operations) {
    if (o.operation == "dW" || o.operation == "dZ") share += o.of_step;
  }
  return share * s.traced_us * threads;
}

std::string against_sequential(const numbers& n, const schedule_numbers& sequential,
                               const schedule_numbers& concurrent) {
  const loners alone = find_loners(sequential, n.threads);
  const std::string idle = "the threads are idle for " + percent(mean(concurrent.idle)) + " of a step, " +
                           percent(mean(sequential.idle)) + " under sequential";
  if (concurrent.gain > 1 + least_difference && concurrent.gain_low > 1) {
    return "concurrent saves " + percent(1 - 1 / concurrent.gain) + ": " +
           (alone.names.empty() ? idle : left_alone(alone, sequential, n.threads));
  }
  if (concurrent.gain < 1 - least_difference && concurrent.gain_high < 1) {
    const double together = paths_us(concurrent, n.threads), alone_us = paths_us(sequential, n.threads);
    return "concurrent costs " + percent(1 / concurrent.gain - 1) + ": " +
           (together > alone_us * (1 + least_difference)
                ? "dW and dZ take " + percent(together / alone_us - 1) +
                      " more thread time side by side than one after the other"
                : idle);
  }
  const std::string even = "concurrent and sequential take the same time: ";
  if (alone.names.empty())
    return even + "dW and dZ keep " + std::to_string(n.threads) + " threads busy when run alone too";
  return even + left_alone(alone, sequential, n.threads) + ", for " + percent(alone.of_time) + " of a step";
}

std::string fastest(const numbers& n) {
  if (n.schedules.size() == 1) {
    const schedule_numbers& s = n.schedules.front();
    const auto longest = std::ranges::max_element(s.operations, {}, &operation_numbers::of_step);
    std::string text =
        s.name + " takes " + time_text(s.median_us) + " a step, at " + percent(s.of_peak) + " of the peak";
    if (longest != s.operations.end())
      text += "; most of it is " + longest->name + " with " + percent(longest->of_step);
    return text + "; the threads are idle for " + percent(mean(s.idle));
  }
  const auto best = std::ranges::min_element(n.schedules, {}, &schedule_numbers::median_us);
  std::string text = best->name + " is the fastest, " + time_text(best->median_us) + " a step at " +
                     percent(best->of_peak) + " of the peak";
  const schedule_numbers* const automatic = n.find("automatic");
  if (automatic == nullptr || automatic->median_us == best->median_us) return text;
  const double behind = automatic->median_us / best->median_us - 1;
  return text + (behind < least_difference ? ", automatic as fast"
                                           : ", automatic takes " + percent(behind) + " longer");
}

}  // namespace

std::string conclude(const numbers& n) {
  if (n.layers.size() == 2)
    return "A network of one layer has no backprop path to run at the same time; " + fastest(n) + ".";
  if (n.threads == 1) return "One thread cannot run the two paths at the same time; " + fastest(n) + ".";
  const schedule_numbers* const sequential = n.find("sequential");
  const schedule_numbers* const concurrent = n.find("concurrent");
  if (sequential == nullptr || concurrent == nullptr) return fastest(n) + '.';
  if (unsteady(*sequential, n.threads)) {
    return "Another program seems to use the cores, so this run says little about the paths; " + fastest(n) +
           '.';
  }
  return against_sequential(n, *sequential, *concurrent) + "; " + fastest(n) + '.';
}

}  // namespace profile
