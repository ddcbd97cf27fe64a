// SPDX-License-Identifier: MIT
// Paths and names of operations.
#pragma once

#include <string>
#include <string_view>

#include <twinpath/trace.hpp>

#include "span.hpp"

namespace twinpath::inline v0::detail {

/// The path to which an operation belongs.
[[nodiscard]] span_path path_of(std::string_view operation) noexcept;

/// {"dW", 2} is "dW2"; a part has its own name.
[[nodiscard]] std::string span_name(span_label label);

}  // namespace twinpath::inline v0::detail
