// SPDX-License-Identifier: MIT
// The networks and batches whose training steps are measured.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/networks.hpp"

namespace step_bench {

/// Such as "step/f32/64:64-128-10".
[[nodiscard]] inline std::string row_name(const bench::network& n) {
  return "step/f32/" + n.text();
}

/// Two for each multiply-add of a step's products: forward, dW, and dZ of all layers but the first.
[[nodiscard]] inline double flops(const bench::network& n) {
  double sum = 0;
  for (std::size_t l = 1; l < n.widths.size(); ++l) {
    const double product = 2.0 * static_cast<double>(n.batch * n.widths[l - 1] * n.widths[l]);
    sum += (l == 1 ? 2 : 3) * product;
  }
  return sum;
}

[[nodiscard]] inline std::vector<bench::network> configurations() {
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
