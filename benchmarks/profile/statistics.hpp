// SPDX-License-Identifier: MIT
// Statistics of a profile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "measure.hpp"
#include "options.hpp"
#include "spans.hpp"

namespace profile {

/// An operation over all traced steps. Its time in a step is the time during which at least one of its pieces
/// ran.
struct operation_numbers {
  std::string name;
  std::string operation;
  std::size_t layer = 0;
  profile::path path = path::other;
  std::size_t calls = 0;   ///< steps in which it ran
  std::size_t pieces = 0;  ///< spans in all steps
  double median_us = 0;
  double p95_us = 0;
  double threads = 0;  ///< working on it at the same time, median of the steps' means
  double gflops = 0;   ///< median; 0 if floating-point operations are not counted
  double of_peak = 0;  ///< share of the peak of all threads
  double of_step = 0;  ///< share of the time of all threads
};

/// The two paths that begin with dZ of one layer.
struct fork_numbers {
  std::size_t layer = 0;
  std::string parameter;  ///< "dW3"
  std::string backprop;   ///< "dZ2"
  double overlap = 0;     ///< share of the shorter of the two, 0 to 1
};

struct schedule_numbers {
  std::string name;
  std::string form;       ///< short, such as "operation by operation"
  std::string form_text;  ///< the library's whole description
  double median_us = 0;   ///< of a step, without the trace
  double p95_us = 0;
  double traced_us = 0;  ///< the median with the trace
  double gflops = 0;
  double of_peak = 0;
  double gain = 0;  ///< time of the sequential schedule over the time of this one; 0 without the former
  double gain_low = 0, gain_high = 0;  ///< quartiles of the rounds
  std::vector<double> idle;            ///< of each thread, 0 to 1
  std::vector<operation_numbers> operations;
  std::vector<fork_numbers> forks;  ///< the last layer first
  std::size_t dropped = 0;
  traced_step typical;  ///< the traced step closest to the medians
};

struct numbers {
  std::string cpu, version, tier, element, data;
  int threads = 0;
  double peak = 0;  ///< GFLOP/s of all threads together
  std::vector<std::size_t> layers;
  std::size_t batch = 0, steps = 0, warmup = 0, rounds = 0;
  bool same_bits = true;
  std::vector<schedule_numbers> schedules;
  std::string conclusion;

  [[nodiscard]] const schedule_numbers* find(const std::string& schedule) const;
};

/// Computes everything except the conclusion and the description of the machine. Reads `threads`, `peak` and
/// the options in `to`.
void fill_schedules(numbers& to, const runs& measured);

[[nodiscard]] const operation_numbers* find(const schedule_numbers& s, const std::string& operation);

}  // namespace profile
