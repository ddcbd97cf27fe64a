// SPDX-License-Identifier: MIT
// The networks and batches whose predictions are measured: ReLU between the layers, softmax at the end.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace predict_bench {

struct configuration {
  std::size_t batch;
  std::vector<std::size_t> widths;  ///< inputs first, classes last

  /// Such as "predict/f32/1:784-128-10".
  [[nodiscard]] std::string name() const {
    std::string text = "predict/f32/" + std::to_string(batch) + ':';
    for (std::size_t i = 0; i < widths.size(); ++i)
      text.append(i == 0 ? "" : "-").append(std::to_string(widths[i]));
    return text;
  }
  /// Two for each multiply-add of the products.
  [[nodiscard]] double flops() const {
    double sum = 0;
    for (std::size_t l = 1; l < widths.size(); ++l)
      sum += 2.0 * static_cast<double>(batch * widths[l - 1] * widths[l]);
    return sum;
  }
};

[[nodiscard]] inline std::vector<configuration> configurations() {
  return {{1, {3, 4, 2}},           {1, {64, 128, 10}},   {1, {784, 128, 10}},
          {1, {784, 512, 512, 10}}, {16, {784, 128, 10}}, {256, {784, 128, 10}}};
}

}  // namespace predict_bench
