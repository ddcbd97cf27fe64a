// SPDX-License-Identifier: MIT
// Stochastic gradient descent.
#pragma once

#include <span>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Plain gradient descent: W <- W - learning_rate * dW. The rate is rounded once to the type of the
/// parameters.
struct sgd {
  double learning_rate = 0.1;
};

/// parameters[i] <- fma(-learning_rate, gradients[i], parameters[i]).
///
/// Bits: `contract::sgd_update`. Overlap: the spans must share no element. Thread safety and parallelism as
/// for `gemm`. Throws std::invalid_argument when the sizes differ, the spans overlap, or the rate is negative
/// or not finite.
void update(const sgd& rule, std::span<float> parameters, std::span<const float> gradients);
/// The same in double.
void update(const sgd& rule, std::span<double> parameters, std::span<const double> gradients);

}  // namespace twinpath::inline v0
