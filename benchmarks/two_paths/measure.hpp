// SPDX-License-Identifier: MIT
// The two backward paths of one layer under each schedule.
#pragma once

#include <cstddef>

namespace two_paths {

struct layer_shape {
  std::size_t batch, inputs, outputs;
  /// Counts two for each multiply-add of dW and dZ.
  [[nodiscard]] double flops() const { return 4.0 * static_cast<double>(batch * inputs * outputs); }
};

/// Seconds of one call of `backward`: medians over interleaved rounds.
struct result {
  double sequential = 0, concurrent = 0, automatic = 0;
  double overlap = 0;  ///< of dW and dZ under the concurrent schedule, from its trace: 0 to 1
};

/// Takes at most about `seconds`.
[[nodiscard]] result measure(const layer_shape& shape, double seconds);

}  // namespace two_paths
