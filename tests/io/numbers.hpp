// SPDX-License-Identifier: MIT
// Arrays from lists of numbers.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "io/array.hpp"

namespace tests {

template <class T>
twinpath::detail::io::array numbers(const std::vector<T>& values, std::vector<std::size_t> shape) {
  const auto view = twinpath::detail::io::view_of(std::span<const T>(values), std::move(shape));
  return {view.type, view.item_size, view.shape, {view.data.begin(), view.data.end()}};
}

}  // namespace tests
