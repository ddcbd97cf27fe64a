// SPDX-License-Identifier: MIT
// The interface of a measured library. Each file in adapters/ defines it for one library, and each executable
// is linked with one of them.
#pragma once

#include <memory>
#include <vector>

#include <twinpath/mlp.hpp>

namespace predict_bench {

class predictor {
 public:
  virtual ~predictor() = default;
  /// P = softmax of the last layer's scores, for the inputs with which it was constructed. Timed.
  virtual void predict() = 0;
  /// batch x classes, row by row.
  [[nodiscard]] virtual std::vector<float> probabilities() const = 0;
};

/// The weights are those of `net`; it and X outlive the predictor.
[[nodiscard]] std::unique_ptr<predictor> make_predictor(const twinpath::mlp<float>& net,
                                                        const twinpath::matrix<float>& X);

}  // namespace predict_bench
