// SPDX-License-Identifier: MIT
// Tables of options: all that depends on an enumerator and is not its arithmetic, in one row.
#pragma once

#include <cstddef>
#include <iterator>

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
