// SPDX-License-Identifier: MIT
// The optimisers as one type.
#pragma once

#include <cstddef>
#include <variant>

#include <twinpath/adam.hpp>
#include <twinpath/sgd.hpp>

namespace twinpath::inline v0 {

/// An update rule with its hyperparameters.
using optimizer = std::variant<sgd, adam, adamw>;

/// The number of moments, values of optimiser state for each parameter: 0 for plain gradient descent, 1 with
/// momentum (the velocity), 2 for Adam and AdamW (m and v).
/// Thread safe.
[[nodiscard]] std::size_t moments_of(const optimizer& rule) noexcept;

}  // namespace twinpath::inline v0
