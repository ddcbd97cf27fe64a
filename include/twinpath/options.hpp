// SPDX-License-Identifier: MIT
// Tables of options: all that depends on an enumerator and is not its arithmetic, in one row.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

namespace twinpath::inline v0::detail {

/// `rows`: one for each enumerator, in their order. Each has a `name`, which is that of the enumerator.
template <class Option>
struct option_table;

template <class Option>
inline constexpr std::size_t option_count = std::size(option_table<Option>::rows);

/// The row of an enumerator. A number that is no enumerator has an empty name, and no other property either.
template <class Option>
[[nodiscard]] constexpr auto option_row(Option x) noexcept {
  using table = option_table<Option>;
  const auto i = static_cast<std::size_t>(x);
  return i < option_count<Option> ? table::rows[i] : typename table::row{};
}

}  // namespace twinpath::inline v0::detail

namespace twinpath::inline v0 {

/// The enumerator of an option, `activation`, `loss` or `reduction`, that has this name:
/// `tp::from_name<tp::activation>("relu")`. The inverse of `name`; empty for any other text.
template <class Option>
[[nodiscard]] constexpr std::optional<Option> from_name(std::string_view text) noexcept {
  std::size_t i = 0;
  for (const auto& row : detail::option_table<Option>::rows) {
    if (row.name == text) return static_cast<Option>(i);
    ++i;
  }
  return std::nullopt;
}

}  // namespace twinpath::inline v0
