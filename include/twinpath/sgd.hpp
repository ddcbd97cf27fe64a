// SPDX-License-Identifier: MIT
// Stochastic gradient descent.
#pragma once

#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Gradient descent, with momentum (Polyak, 1964; Nesterov, 1983) and weight decay where asked for; PyTorch's
/// formulas:
///
///   g <- g + weight_decay * w
///   v <- momentum * v + g
///   w <- w - learning_rate * (nesterov ? g + momentum * v : v)
///
/// The factors are rounded once to the type of the parameters.
struct sgd {
  double learning_rate = 0.1;  ///< from 0
  double momentum = 0;         ///< from 0; the share of the velocity that is kept
  double weight_decay = 0;     ///< from 0; added to the gradient, times w
  bool nesterov = false;       ///< steps from where the velocity leads; only with momentum
};

/// Updates parameters from their gradients. `velocity` is v: as large as the parameters when there is
/// momentum, zeros before the first update; else empty.
///
/// Bits: `contract::sgd_update`, with weight decay alone `contract::decayed_update`, with momentum
/// `contract::momentum_update`. Overlap: the spans share no element. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument, before anything is written, when sizes do not fit, spans overlap, a
/// factor is negative or not finite, or Nesterov's form is asked for without momentum.
void update(const sgd& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> velocity = {});
/// The same in double.
void update(const sgd& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> velocity = {});

}  // namespace twinpath::inline v0
