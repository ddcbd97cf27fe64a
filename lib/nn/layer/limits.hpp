// SPDX-License-Identifier: MIT
// How many rows a network can take at once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/checks.hpp"

namespace twinpath::inline v0::detail {

/// Throws std::invalid_argument for so many rows that sizes of arrays would overflow. No array keeps more of
/// a row than some tens of times the units of all layers, which leaves room for the sum of their sizes.
template <class T>
void check_batch_size(std::string_view function, const std::vector<std::size_t>& widths, std::size_t rows) {
  constexpr std::size_t largest = static_cast<std::size_t>(-1) / 256 / sizeof(T);
  std::size_t units = 0;
  for (const std::size_t width : widths) units += width;
  if (rows > largest / units) [[unlikely]]
    fail(function, std::to_string(rows) + " rows exceed the address space");
}

}  // namespace twinpath::inline v0::detail
