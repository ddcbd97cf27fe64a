// SPDX-License-Identifier: MIT
// Any optimiser.
#pragma once

#include <cstddef>
#include <variant>

#include <twinpath/adam.hpp>
#include <twinpath/sgd.hpp>

namespace twinpath::inline v0 {

/// What a network is trained by.
using optimizer = std::variant<sgd, adam, adamw>;

/// How many values it remembers for each parameter: 0 for plain descent, 1 with momentum (the velocity), 2
/// for Adam (the moments m and v).
[[nodiscard]] std::size_t moments_of(const optimizer& rule) noexcept;

}  // namespace twinpath::inline v0
