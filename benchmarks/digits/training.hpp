// SPDX-License-Identifier: MIT
// One epoch of training, with the time of each step.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include <twinpath/batches.hpp>
#include <twinpath/mlp.hpp>
#include <twinpath/optimizer.hpp>

namespace digits {

using clock = std::chrono::steady_clock;

struct epoch_result {
  double loss = 0;              ///< mean over the rows, each taken before the update of its batch
  std::vector<double> step_us;  ///< time of each step in microseconds
};

/// Called after each step with the number of steps done and the time.
using step_observer = std::function<void(std::size_t done, clock::time_point now)>;

epoch_result run_epoch(twinpath::mlp<float>& net, const twinpath::batches<float>::range& epoch,
                       const twinpath::optimizer& rule, const step_observer& observe = {});

/// Linear interpolation between the sorted values; `share` is 0.5 for the median.
[[nodiscard]] double quantile(std::vector<double> values, double share);
[[nodiscard]] double median(std::vector<double> values);

}  // namespace digits
