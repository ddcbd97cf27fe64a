// SPDX-License-Identifier: MIT
// Options of a network as files spell them: like their enumerators.
#pragma once

#include <string>

#include <twinpath/activation.hpp>
#include <twinpath/loss.hpp>

namespace twinpath::inline v0::detail::io {

/// The name of the array that holds an option.
template <class Option>
inline constexpr const char* array_name = nullptr;
template <>
inline constexpr const char* array_name<activation> = "activation";
template <>
inline constexpr const char* array_name<loss> = "loss";
template <>
inline constexpr const char* array_name<reduction> = "reduction";

/// All of them, such as "mean, sum".
template <class Option>
[[nodiscard]] std::string names_of_all() {
  std::string out;
  for (const auto& row : option_table<Option>::rows) {
    if (!out.empty()) out += ", ";
    out += row.name;
  }
  return out;
}

}  // namespace twinpath::inline v0::detail::io
