// SPDX-License-Identifier: MIT
// Adam and AdamW.
#pragma once

#include <cstdint>
#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Adam (Kingma and Ba, 2015), with weight decay as a part of the gradient; PyTorch's formulas:
///
///   g <- g + weight_decay * w
///   m <- beta1 * m + (1 - beta1) * g
///   v <- beta2 * v + (1 - beta2) * g^2
///   w <- w - learning_rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)      t = 1, 2, …
///
/// What does not depend on w is computed in double and rounded once to the type of the parameters.
struct adam {
  double learning_rate = 0.001;  ///< from 0
  double beta1 = 0.9;            ///< how slowly m forgets, from 0 and below 1
  double beta2 = 0.999;          ///< how slowly v forgets, from 0 and below 1
  double epsilon = 1e-8;         ///< keeps the quotient finite; above 0
  double weight_decay = 0;       ///< added to the gradient, times w
};

/// Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019): first
/// w <- (1 - learning_rate * weight_decay) * w, then Adam's update without decay.
struct adamw {
  double learning_rate = 0.001;  ///< from 0
  double beta1 = 0.9;            ///< how slowly m forgets, from 0 and below 1
  double beta2 = 0.999;          ///< how slowly v forgets, from 0 and below 1
  double epsilon = 1e-8;         ///< keeps the quotient finite; above 0
  double weight_decay = 0.01;    ///< w loses learning_rate * weight_decay of itself
};

/// How far an optimiser is: updates done, and the powers of Adam's betas after them. The powers are carried
/// by multiplication, because `pow` has not the same bits everywhere.
struct optimizer_progress {
  std::uint64_t updates = 0;  ///< t, the number of updates
  double beta1_power = 1;     ///< beta1^t; 1 without Adam
  double beta2_power = 1;     ///< beta2^t; 1 without Adam

  /// Equal when all three are.
  bool operator==(const optimizer_progress&) const = default;
};

/// The progress after one more update.
[[nodiscard]] optimizer_progress next(const optimizer_progress& before, const adam& rule) noexcept;
/// The same for AdamW.
[[nodiscard]] optimizer_progress next(const optimizer_progress& before, const adamw& rule) noexcept;

/// Updates parameters from their gradients. `m` and `v` are the moments: as large as the parameters, zeros
/// before the first update. `progress` is the one with this update, the same for all parameters of a step:
/// `next`.
///
/// Bits: `contract::adam_update`. Overlap: the spans share no element. Thread safety and parallelism as for
/// `gemm`. Throws std::invalid_argument, before anything is written, when sizes do not fit, spans overlap,
/// the rate or decay is negative or not finite, a beta is outside [0, 1), epsilon is not above 0 or not
/// finite, or there is no update in `progress`.
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
