// SPDX-License-Identifier: MIT
// Adam and AdamW.
#pragma once

#include <cstdint>
#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Adam (Kingma and Ba, 2015) with L2 weight decay added to the gradient, by PyTorch's formulas:
///
///     g <- g + weight_decay * w
///     m <- beta1 * m + (1 - beta1) * g
///     v <- beta2 * v + (1 - beta2) * g^2
///     w <- w - learning_rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)      t = 1, 2, …
///
/// Factors that do not depend on w are computed in double and rounded once to the type of the parameters. A
/// factor of 0 leaves its term out, so that a parameter of -Inf, such as the bias of a masked class, stays
/// -Inf; with L2 weight decay it becomes NaN, as in PyTorch. A moment below the smallest normal number
/// becomes 0, and so does a parameter under weight decay of either kind: they would fade away among the
/// subnormal numbers, with which processors compute slowly. Epsilon should be above the root of the smallest
/// normal number (1.1e-19 in float, 1.5e-154 in double), below which v cannot tell gradients from 0.
struct adam {
  double learning_rate = 0.001;  ///< at least 0
  double beta1 = 0.9;            ///< decay rate of m, in [0, 1)
  double beta2 = 0.999;          ///< decay rate of v, in [0, 1)
  double epsilon = 1e-8;         ///< added to the denominator; above 0
  double weight_decay = 0;       ///< L2 coefficient, at least 0
};

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019): first
/// w <- (1 - learning_rate * weight_decay) * w, then Adam's update without decay.
struct adamw {
  double learning_rate = 0.001;  ///< at least 0
  double beta1 = 0.9;            ///< decay rate of m, in [0, 1)
  double beta2 = 0.999;          ///< decay rate of v, in [0, 1)
  double epsilon = 1e-8;         ///< added to the denominator; above 0
  double weight_decay = 0.01;    ///< decoupled coefficient, at least 0
};

/// The number of updates so far and the powers of Adam's betas. The powers are computed by repeated
/// multiplication, because `pow` gives different bits on different systems.
struct optimizer_progress {
  std::uint64_t updates = 0;  ///< t, the number of updates
  double beta1_power = 1;     ///< beta1^t; 1 without Adam
  double beta2_power = 1;     ///< beta2^t; 1 without Adam

  /// Compares all three members.
  bool operator==(const optimizer_progress&) const = default;
};

/// The progress after one more update.
/// Thread safe.
[[nodiscard]] optimizer_progress next(const optimizer_progress& before, const adam& rule) noexcept;
/// The same for AdamW.
[[nodiscard]] optimizer_progress next(const optimizer_progress& before, const adamw& rule) noexcept;

/// Updates parameters from their gradients. `m` and `v` are the moments, of the size of the parameters, and
/// zeros before the first update. `progress` must already count this update: call `next` once per step and
/// pass the result for every parameter tensor.
///
/// Bits: `contract::adam_update`.
/// Overlap: the spans must be disjoint.
/// Thread safety and parallelism: as `gemm`.
/// Throws std::invalid_argument, before anything is written, if sizes differ, spans overlap, the rate or the
/// decay is negative or not finite, a beta is outside [0, 1), epsilon is not above 0 or not finite, or
/// `progress` counts no update.
void update(const adam& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> m, std::span<float> v, const optimizer_progress& progress);
/// The same in double.
void update(const adam& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> m, std::span<double> v, const optimizer_progress& progress);
/// The same for AdamW.
void update(const adamw& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> m, std::span<float> v, const optimizer_progress& progress);
/// The same for AdamW in double.
void update(const adamw& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> m, std::span<double> v, const optimizer_progress& progress);

}  // namespace twinpath::inline v0
