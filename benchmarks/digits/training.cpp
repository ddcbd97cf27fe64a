// SPDX-License-Identifier: MIT
#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace digits {

epoch_result run_epoch(twinpath::mlp<float>& net, const twinpath::batches<float>::range& epoch,
                       const twinpath::optimizer& rule, const step_observer& observe) {
  epoch_result result;
  result.step_us.reserve(epoch.size());
  double total = 0;
  std::size_t rows = 0;
  for (const twinpath::batch<float>& b : epoch) {
    const auto begin = clock::now();
    const float loss = net.train_step(b.inputs, b.classes, rule);
    const auto end = clock::now();
    total += static_cast<double>(loss) * static_cast<double>(b.classes.size());
    rows += b.classes.size();
    result.step_us.push_back(std::chrono::duration<double, std::micro>(end - begin).count());
    if (observe) observe(result.step_us.size(), end);
  }
  result.loss = total / static_cast<double>(rows);
  return result;
}

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

}  // namespace digits
