// SPDX-License-Identifier: MIT
// Learning-rate schedules: the rate as a function of the step.
#pragma once

#include <cstddef>

/// Learning rates as plain functions of the step 0, 1, 2, …; a step is whatever the caller counts, updates or
/// epochs. There is no state: the rate of any step is there at once, and training can be taken up anywhere.
///
///     rule.learning_rate = step < 500 ? learning_rate::linear_warmup(0.1, step, 500)
///                                     : learning_rate::cosine_decay(0.1, step - 500, 9500);
///
/// Bits: the same on every machine; no function of the C library is used. Factors
/// above 1 may bring a rate beyond the largest double; it is not finite then, which every update refuses.
/// Errors: rates and factors must be finite numbers from 0, otherwise std::invalid_argument is thrown.
/// Thread safety: all are.
namespace twinpath::inline v0::learning_rate {

/// initial * factor^(step / every), with a quotient rounded down: a drop every so many steps.
/// PyTorch: StepLR(step_size=every, gamma=factor).
/// Throws std::invalid_argument also when `every` is 0.
[[nodiscard]] double step_decay(double initial, std::size_t step, std::size_t every, double factor);

/// initial * factor^step. PyTorch: ExponentialLR(gamma=factor).
///
/// The power is by repeated squaring; its relative error is at most step * 2^-53, as that of PyTorch's chain
/// of multiplications.
[[nodiscard]] double exponential_decay(double initial, std::size_t step, double factor);

/// final + (initial - final) * (1 + cos(pi * step / steps)) / 2 before step `steps`, `final` from there on:
/// half a wave of a cosine. PyTorch: CosineAnnealingLR(T_max=steps, eta_min=final), which goes on as a wave.
///
/// Step 0 has exactly `initial`. Every rate is within 4 units in the last place of the true one, also where
/// it nears 0. Throws std::invalid_argument also when `steps` is 0.
[[nodiscard]] double cosine_decay(double initial, std::size_t step, std::size_t steps, double final = 0);

/// target * (step + 1) / warmup_steps before step `warmup_steps` - 1, `target` from there on. The first rate
/// is not 0; without warm-up steps every rate is `target`. PyTorch: LinearLR(start_factor=1/warmup_steps,
/// total_iters=warmup_steps - 1).
[[nodiscard]] double linear_warmup(double target, std::size_t step, std::size_t warmup_steps);

}  // namespace twinpath::inline v0::learning_rate
