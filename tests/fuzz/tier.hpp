// SPDX-License-Identifier: MIT
// Every tier in one process. An ordinary program chooses one tier for ever.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include <twinpath/isa.hpp>

#include "kernels/kernel_table.hpp"
#include "runtime/active_isa.hpp"
#include "runtime/cpu_features.hpp"

namespace fuzz {

/// Chooses one of the tiers that the machine has. Networks of an earlier tier must not be used any more: they
/// keep plans of that tier.
inline void use_tier(FuzzedDataProvider& input) {
  namespace detail = twinpath::detail;
  constexpr std::size_t last = std::size(detail::architecture_tiers) - 1;
  const std::size_t drawn = input.ConsumeIntegralInRange<std::size_t>(0, last);
  const auto tier = std::min(detail::architecture_tiers[drawn], detail::best_isa());
  detail::settled_isa.store(static_cast<int>(tier), std::memory_order_relaxed);
  (void)detail::settle_kernels<float>();
  (void)detail::settle_kernels<double>();
}

/// The entry of a fuzzer: chooses a tier, and calls test with the rest of the input and a 0 of the element
/// type.
template <class Test>
int run(const std::uint8_t* data, std::size_t size, const Test& test) {
  FuzzedDataProvider input(data, size);
  use_tier(input);
  if (input.ConsumeBool()) {
    test(input, 0.0);
  } else {
    test(input, 0.0f);
  }
  return 0;
}

}  // namespace fuzz
