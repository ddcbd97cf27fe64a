// SPDX-License-Identifier: MIT
// Learning-rate schedules: the rate as a function of the step.
#pragma once

#include <cstddef>

/// Learning-rate schedules as pure functions of the step 0, 1, 2, …, where a step is an update or an epoch,
/// as the caller counts. They have no state, so training can resume at any step.
///
///     rule.learning_rate = step < 500 ? learning_rate::linear_warmup(0.1, step, 500)
///                                     : learning_rate::cosine_decay(0.1, step - 500, 9500);
///
/// Bits: the same on every machine; no function of the C library is used. With a factor above 1 a rate may
/// overflow to infinity, which every update refuses.
/// Errors: rates and factors must be finite and at least 0, otherwise std::invalid_argument is thrown.
/// Thread safety: all functions are thread safe.
namespace twinpath::inline v0::learning_rate {

/// initial * factor^floor(step / every): multiplied by `factor` after every `every` steps.
/// PyTorch: StepLR(step_size=every, gamma=factor).
/// Throws std::invalid_argument also if `every` is 0.
[[nodiscard]] double step_decay(double initial, std::size_t step, std::size_t every, double factor);

/// initial * factor^step.
/// PyTorch: ExponentialLR(gamma=factor).
///
/// The power is computed by repeated squaring. Its relative error is at most step * 2^-53, like that of
/// PyTorch's repeated multiplication.
[[nodiscard]] double exponential_decay(double initial, std::size_t step, double factor);

/// final + (initial - final) * (1 + cos(pi * step / steps)) / 2 before step `steps`, then `final`: half a
/// period of a cosine (Loshchilov and Hutter, 2017, without restarts).
/// PyTorch: CosineAnnealingLR(T_max=steps, eta_min=final), which continues the period instead.
///
/// Step 0 gives exactly `initial`. The error is at most 4 units in the last place, also near 0.
/// Throws std::invalid_argument also if `steps` is 0.
[[nodiscard]] double cosine_decay(double initial, std::size_t step, std::size_t steps, double final = 0);

/// target * (step + 1) / warmup_steps before step `warmup_steps` - 1, then `target`. The first rate is not 0;
/// if `warmup_steps` is 0, every rate is `target`.
/// PyTorch: LinearLR(start_factor=1/warmup_steps, total_iters=warmup_steps - 1).
[[nodiscard]] double linear_warmup(double target, std::size_t step, std::size_t warmup_steps);

}  // namespace twinpath::inline v0::learning_rate
