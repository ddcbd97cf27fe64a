// SPDX-License-Identifier: MIT
// Repeats one epoch from the same weights under each schedule.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <twinpath/batches.hpp>
#include <twinpath/mlp.hpp>
#include <twinpath/optimizer.hpp>
#include <twinpath/trace.hpp>

#include "training.hpp"

namespace digits {

struct measured_schedule {
  std::string name;
  double step_us = 0;  ///< median over the steps of all repetitions
};

/// All schedules, and one thread. The gain is that of the fork.
struct schedule_comparison {
  std::size_t repetitions = 0;
  std::vector<measured_schedule> all;
  std::string automatic;  ///< what the automatic schedule tried and kept
  double gain = 0;        ///< sequential over concurrent time
  double gain_low = 0;    ///< the lower quartile of the repetitions' gains
  double gain_high = 0;   ///< the upper quartile of the repetitions' gains
  bool same_bits = true;  ///< every repetition ended with the expected weights and moments
};

/// Runs the epoch from `before` under each schedule in turn and checks that it always ends with `after`.
[[nodiscard]] schedule_comparison compare_schedules(const twinpath::mlp<float>& before,
                                                    const twinpath::mlp<float>& after,
                                                    const twinpath::batches<float>::range& epoch,
                                                    const twinpath::optimizer& rule,
                                                    const step_observer& observe);

/// The two paths of the last layer, from traces of the epoch. The figures are those of one run, the one with
/// the median overlap.
struct fork_profile {
  std::unique_ptr<twinpath::trace> trace;  ///< of that run
  std::string parameter_path;              ///< name of the operation, such as "dW2"
  std::string backprop_path;  ///< name of the operation, such as "dZ1"; empty when there is no fork
  double parameter_us = 0;    ///< busy time per step
  double backprop_us = 0;     ///< busy time per step
  double overlap = 0;         ///< 0 to 1, of the shorter of the two
  double overlap_low = 0;     ///< the lowest overlap of a run
  double overlap_high = 0;    ///< the highest overlap of a run
  std::size_t runs = 0;
  bool same_bits = true;  ///< every run ended with the expected weights and moments
};

/// Runs the epoch from `before` under the concurrent schedule, traced, a few times.
[[nodiscard]] fork_profile profile_fork(const twinpath::mlp<float>& before, const twinpath::mlp<float>& after,
                                        const twinpath::batches<float>::range& epoch,
                                        const twinpath::optimizer& rule, const step_observer& observe);

}  // namespace digits
