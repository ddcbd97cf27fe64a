// SPDX-License-Identifier: MIT
// The interface of a measured library. Each file in adapters/ defines these functions for one library,
// and each executable is linked with one of them.
#pragma once

#include <memory>
#include <vector>

#include "problem.hpp"

namespace step_bench {

class trainer {
 public:
  virtual ~trainer() = default;
  /// Forward, softmax and cross-entropy (mean), backward, W <- W - rate * dW and b <- b - rate * db. Timed.
  virtual void step() = 0;
  /// By layer, inputs x outputs, row by row.
  [[nodiscard]] virtual std::vector<std::vector<float>> weights() const = 0;
};

/// The problem outlives the trainer.
[[nodiscard]] std::unique_ptr<trainer> make_trainer(const problem& p);

}  // namespace step_bench
