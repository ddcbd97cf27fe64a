// SPDX-License-Identifier: MIT
// The problem for all libraries: the same initial weights, batch and learning rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "configurations.hpp"

namespace step_bench {

struct problem {
  explicit problem(bench::network c);

  bench::network shape;
  std::vector<std::vector<float>> weights;  ///< by layer, inputs x outputs, row by row; biases are 0
  std::vector<float> X;                     ///< batch x inputs
  std::vector<std::int32_t> classes;
  float rate = 1e-2f;

  [[nodiscard]] std::size_t layers() const { return shape.widths.size() - 1; }
};

/// The reference: weights after some steps of twinpath in double.
[[nodiscard]] std::vector<std::vector<double>> train_in_double(const problem& p, std::size_t steps);

/// Empty if the weights agree with those in double, else a description of the difference.
[[nodiscard]] std::string disagreement(const problem& p, const std::vector<std::vector<float>>& weights,
                                       const std::vector<std::vector<double>>& expected);

}  // namespace step_bench
