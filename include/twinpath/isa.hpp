// SPDX-License-Identifier: MIT
// Which instruction set the kernels use on this machine.
#pragma once

#include <string>
#include <string_view>

namespace twinpath::inline v0 {

/// An instruction-set tier: one set of kernels. Higher tiers of one architecture include the lower ones.
enum class isa {
  baseline,  ///< what every processor of the architecture has; no fused multiply-add on x86-64
  neon,      ///< AArch64 Advanced SIMD, with FMA
  avx2,      ///< AVX2 with FMA3
  avx512,    ///< AVX-512 F, BW, DQ, VL, CD
};

/// The tier's name as `TWINPATH_ISA` spells it: "baseline", "neon", "avx2", "avx512".
[[nodiscard]] std::string_view name(isa tier) noexcept;

/// The tier in use: the best one that the processor and the operating system support, capped by the
/// environment variable `TWINPATH_ISA`. Chosen at the first call that needs a tier and kept from then on.
/// Throws std::invalid_argument, at every call until it is right, when `TWINPATH_ISA` is not a tier's name.
/// Thread safe.
[[nodiscard]] isa active_isa();

/// Lines of text for people: tier, register tiles, block sizes, thresholds and threads of the calling arena.
/// Throws as `active_isa`. Thread safe.
[[nodiscard]] std::string describe();

}  // namespace twinpath::inline v0
