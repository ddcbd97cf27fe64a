// SPDX-License-Identifier: MIT
// The parameters of a network, and what its optimiser remembers, as bits.
#pragma once

#include <cstdint>

#include <twinpath/mlp.hpp>

namespace digits {

/// 64-bit FNV-1a over the parameters of all layers in order, each in little-endian bytes.
[[nodiscard]] std::uint64_t fingerprint(const twinpath::mlp<float>& net);
/// True when every parameter and moment of the two has the same bits, and as many updates are behind them.
[[nodiscard]] bool same_bits(const twinpath::mlp<float>& a, const twinpath::mlp<float>& b);
/// False when a parameter is an infinity or not a number.
[[nodiscard]] bool all_finite(const twinpath::mlp<float>& net);
/// Gives `to` the parameters, moments and progress of `from`; both have the same widths. Unlike assignment it
/// keeps the memory in which `to` computes its steps.
void copy_state(const twinpath::mlp<float>& from, twinpath::mlp<float>& to);

}  // namespace digits
