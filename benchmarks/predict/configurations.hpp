// SPDX-License-Identifier: MIT
// The networks and batches whose predictions are measured: ReLU between the layers, softmax at the end.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/networks.hpp"

namespace predict_bench {

/// Such as "predict/f32/1:784-128-10".
[[nodiscard]] inline std::string row_name(const bench::network& n) {
  return "predict/f32/" + n.text();
}

/// Two for each multiply-add of the products.
[[nodiscard]] inline double flops(const bench::network& n) {
  double sum = 0;
  for (std::size_t l = 1; l < n.widths.size(); ++l)
    sum += 2.0 * static_cast<double>(n.batch * n.widths[l - 1] * n.widths[l]);
  return sum;
}

[[nodiscard]] inline std::vector<bench::network> configurations() {
  return {{1, {3, 4, 2}},           {1, {64, 128, 10}},   {1, {784, 128, 10}},
          {1, {784, 512, 512, 10}}, {16, {784, 128, 10}}, {256, {784, 128, 10}}};
}

}  // namespace predict_bench
