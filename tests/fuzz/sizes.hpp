// SPDX-License-Identifier: MIT
// Sizes that an input chooses.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace fuzz {

/// A small size, a size within 2 of one of the first multiples of an edge, or any size; at most `most`.
inline std::size_t draw_size(FuzzedDataProvider& input, const std::vector<std::size_t>& edges,
                             std::size_t most) {
  constexpr std::size_t small = 20, beside = 2, multiples = 4;
  const std::size_t choice = input.ConsumeIntegralInRange<std::size_t>(0, edges.size() + 1);
  if (choice == edges.size()) return std::min(most, input.ConsumeIntegralInRange<std::size_t>(0, small));
  if (choice > edges.size()) return input.ConsumeIntegralInRange<std::size_t>(0, most);
  const std::size_t size = edges[choice] * input.ConsumeIntegralInRange<std::size_t>(1, multiples) +
                           input.ConsumeIntegralInRange<std::size_t>(0, 2 * beside);
  return std::min(most, size - std::min(size, beside));
}

}  // namespace fuzz
