// SPDX-License-Identifier: MIT
// The largest batch of a network.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/checks.hpp"

namespace twinpath::inline v0::detail {

/// Throws std::invalid_argument if the sizes of arrays would overflow. Together the arrays keep at most some
/// tens of elements a row for each unit of the network.
template <class T>
void check_batch_size(std::string_view function, const std::vector<std::size_t>& widths, std::size_t rows) {
  constexpr std::size_t largest = static_cast<std::size_t>(-1) / 256 / sizeof(T);
  std::size_t units = 0;
  for (const std::size_t width : widths) units += width;
  if (rows > largest / units) [[unlikely]]
    fail(function, std::to_string(rows) + " rows exceed the address space");
}

}  // namespace twinpath::inline v0::detail
