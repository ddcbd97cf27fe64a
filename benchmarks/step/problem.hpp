// SPDX-License-Identifier: MIT
// What every library trains: the same initial weights, the same batch, the same rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "configurations.hpp"

namespace step_bench {

struct problem {
  explicit problem(configuration c);

  configuration shape;
  std::vector<std::vector<float>> weights;  ///< by layer, inputs x outputs, row by row; biases are 0
  std::vector<float> X;                     ///< batch x inputs
  std::vector<std::int32_t> classes;
  float rate = 1e-2f;

  [[nodiscard]] std::size_t layers() const { return shape.widths.size() - 1; }
};

/// Weights after some steps by twinpath in double: what the libraries are checked against.
[[nodiscard]] std::vector<std::vector<double>> train_in_double(const problem& p, std::size_t steps);

/// Empty when the weights agree with those in double, else where they do not.
[[nodiscard]] std::string disagreement(const problem& p, const std::vector<std::vector<float>>& weights,
                                       const std::vector<std::vector<double>>& expected);

}  // namespace step_bench
