// SPDX-License-Identifier: MIT
// Stochastic gradient descent.
#pragma once

#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Gradient descent with optional momentum (Polyak, 1964; Nesterov, 1983) and L2 weight decay, by PyTorch's
/// formulas:
///
///     g <- g + weight_decay * w
///     v <- momentum * v + g
///     w <- w - learning_rate * (nesterov ? g + momentum * v : v)
///
/// The factors are computed in double and rounded once to the type of the parameters. A factor of 0 leaves
/// its term out, so that a parameter of -Inf, such as the bias of a masked class, stays -Inf; with weight
/// decay it becomes NaN, as in PyTorch. A velocity below the smallest normal number becomes 0, and so does a
/// parameter under weight decay: both would fade away among the subnormal numbers, with which processors
/// compute slowly.
struct sgd {
  double learning_rate = 0.1;  ///< at least 0
  double momentum = 0;         ///< decay rate of the velocity, at least 0
  double weight_decay = 0;     ///< L2 coefficient, at least 0
  bool nesterov = false;       ///< Nesterov's form; requires momentum
};

/// Updates parameters from their gradients. `velocity` is v: with momentum of the size of the parameters, and
/// zeros before the first update; without momentum empty.
///
/// Bits: `contract::sgd_update`; with weight decay but no momentum `contract::decayed_update`; with momentum
/// `contract::momentum_update`.
/// Overlap: the spans must be disjoint.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if sizes differ, spans overlap, a factor is
/// negative or not finite, or `nesterov` is set without momentum.
void update(const sgd& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> velocity = {});
/// The same in double.
void update(const sgd& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> velocity = {});

}  // namespace twinpath::inline v0
