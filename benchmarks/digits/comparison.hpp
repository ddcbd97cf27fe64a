// SPDX-License-Identifier: MIT
// One epoch again and again from the same weights, under both schedules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <twinpath/mlp.hpp>
#include <twinpath/trace.hpp>

#include "batches.hpp"
#include "training.hpp"

namespace digits {

/// The sequential against the concurrent schedule.
struct schedule_comparison {
  std::size_t repetitions = 0;
  double sequential_us = 0;  ///< median over the steps of all repetitions
  double concurrent_us = 0;  ///< the same
  double gain = 0;           ///< sequential over concurrent time of one repetition: the median
  double gain_low = 0;       ///< the lower quartile of the gain
  double gain_high = 0;      ///< the upper quartile of the gain
  bool same_bits = true;     ///< every repetition ended with the expected weights
};

/// Runs the epoch from `before` under both schedules in turn and checks that it always ends in `after`.
[[nodiscard]] schedule_comparison compare_schedules(const twinpath::mlp<float>& before,
                                                    const twinpath::mlp<float>& after, const batches& data,
                                                    const twinpath::sgd& rule, const step_observer& observe);

/// The two paths of the last layer, from a trace.
struct fork_profile {
  std::string parameter_path;  ///< name of the operation, such as "dW2"
  std::string backprop_path;   ///< name of the operation, such as "dZ1"; empty when there is no fork
  double parameter_us = 0;     ///< busy time per step
  double backprop_us = 0;      ///< busy time per step
  double overlap = 0;          ///< 0 to 1, of the shorter of the two
  std::size_t dropped = 0;     ///< spans that the trace could not keep
  bool same_bits = true;       ///< the epoch ended with the expected weights
};

/// Runs the epoch from `before` under the concurrent schedule, recorded by `trace`.
[[nodiscard]] fork_profile profile_fork(const twinpath::mlp<float>& before, const twinpath::mlp<float>& after,
                                        const batches& data, const twinpath::sgd& rule,
                                        twinpath::trace& trace);

}  // namespace digits
