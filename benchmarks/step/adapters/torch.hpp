// SPDX-License-Identifier: MIT
// Common parts of the two ways of using libtorch.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "../adapter.hpp"

namespace step_bench {

inline torch::Tensor tensor_of(const std::vector<float>& values, std::size_t rows, std::size_t cols) {
  return torch::from_blob(const_cast<float*>(values.data()),
                          {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)})
      .clone();
}

inline torch::Tensor classes_of(const problem& p) {
  torch::Tensor labels = torch::empty({static_cast<std::int64_t>(p.classes.size())}, torch::kInt64);
  for (std::size_t i = 0; i < p.classes.size(); ++i)
    labels[static_cast<std::int64_t>(i)] = std::int64_t{p.classes[i]};
  return labels;
}

inline std::vector<float> values_of(const torch::Tensor& x) {
  const torch::Tensor dense = x.detach().contiguous();
  return {dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel()};
}

}  // namespace step_bench
