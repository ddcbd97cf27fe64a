// SPDX-License-Identifier: MIT
// The arithmetic of the contract that the active tier follows: fused or unfused.
#pragma once

#include <twinpath/contract.hpp>
#include <twinpath/isa.hpp>

namespace tests {

namespace tp = twinpath;

/// body(arithmetic) with contract::unfused on the tier without a fused multiply-add, contract::fused on the
/// others: `with_arithmetic([&]<class arithmetic>(arithmetic) { … })`.
template <class Body>
auto with_arithmetic(const Body& body) {
  if (tp::active_isa() == tp::isa::baseline) return body(tp::contract::unfused{});
  return body(tp::contract::fused{});
}

}  // namespace tests
