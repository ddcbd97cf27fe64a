// SPDX-License-Identifier: MIT
// nlohmann-json under a name of our own. Its inline functions are weak symbols: a program that uses the
// library itself, in another version or with other settings, must not share them with this archive.
#pragma once

#if defined(INCLUDE_NLOHMANN_JSON_HPP_)
#error "another header has included nlohmann-json under its own name"
#endif
#define nlohmann twinpath_nlohmann
#include <nlohmann/json.hpp>
#undef nlohmann

namespace twinpath::inline v0::detail {

/// Keeps its keys in the order in which they were set.
using json = twinpath_nlohmann::ordered_json;

}  // namespace twinpath::inline v0::detail
