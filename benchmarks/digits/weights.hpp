// SPDX-License-Identifier: MIT
// The bits of a network's parameters and moments.
#pragma once

#include <cstdint>

#include <twinpath/mlp.hpp>

namespace digits {

/// 64-bit FNV-1a over the parameters of all layers in order, each in little-endian bytes.
[[nodiscard]] std::uint64_t fingerprint(const twinpath::mlp<float>& net);
/// True if all parameters and moments of the two have the same bits, and both have had the same number of
/// updates.
[[nodiscard]] bool same_bits(const twinpath::mlp<float>& a, const twinpath::mlp<float>& b);
/// False when a parameter is an infinity or not a number.
[[nodiscard]] bool all_finite(const twinpath::mlp<float>& net);
/// Copies parameters, moments and progress from `from` to `to`; both have the same widths. Unlike assignment,
/// `to` keeps its plans and working memory.
void copy_state(const twinpath::mlp<float>& from, twinpath::mlp<float>& to);

}  // namespace digits
