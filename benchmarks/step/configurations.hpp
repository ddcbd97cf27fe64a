// SPDX-License-Identifier: MIT
// The networks and batches whose training steps are measured.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace step_bench {

struct configuration {
  std::size_t batch;
  std::vector<std::size_t> widths;  ///< inputs first, classes last

  /// Such as "step/f32/64:64-128-10".
  [[nodiscard]] std::string name() const {
    std::string text = "step/f32/" + std::to_string(batch) + ':';
    for (std::size_t i = 0; i < widths.size(); ++i)
      text.append(i == 0 ? "" : "-").append(std::to_string(widths[i]));
    return text;
  }
  /// Two for each multiply-add of a step's products: forward, dW, and dZ of all layers but the first.
  [[nodiscard]] double flops() const {
    double sum = 0;
    for (std::size_t l = 1; l < widths.size(); ++l) {
      const double product = 2.0 * static_cast<double>(batch * widths[l - 1] * widths[l]);
      sum += (l == 1 ? 2 : 3) * product;
    }
    return sum;
  }
};

[[nodiscard]] inline std::vector<configuration> configurations() {
  return {{10, {3, 4, 2}},
          {32, {64, 32, 10}},
          {64, {64, 128, 10}},
          {128, {784, 128, 10}},
          {256, {784, 512, 512, 10}},
          {512, {1024, 1024, 1024, 1024}},
          {1024, {784, 256, 128, 10}},
          {4096, {784, 128, 10}},
          {8192, {64, 64, 10}}};
}

}  // namespace step_bench
