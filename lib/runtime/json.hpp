// SPDX-License-Identifier: MIT
// nlohmann-json in a namespace of this library. Its inline functions are weak symbols, and a program that
// uses another version of nlohmann-json, or other settings, must not share them with this archive.
#pragma once

#if defined(INCLUDE_NLOHMANN_JSON_HPP_)
#error "another header has included nlohmann-json under its own name"
#endif
#define nlohmann twinpath_nlohmann
#include <nlohmann/json.hpp>
#undef nlohmann

namespace twinpath::inline v0::detail {

/// Keeps keys in the order of insertion.
using json = twinpath_nlohmann::ordered_json;

}  // namespace twinpath::inline v0::detail
