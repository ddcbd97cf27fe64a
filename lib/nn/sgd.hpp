// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <twinpath/sgd.hpp>

#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// Throws std::invalid_argument when the rate is negative or not finite in T.
template <class T>
void check_rule(std::string_view function, const sgd& rule);

/// The update without its checks.
template <class T>
void apply_update(const sgd& rule, std::span<T> parameters, std::span<const T> gradients, span_label label);

}  // namespace twinpath::inline v0::detail
