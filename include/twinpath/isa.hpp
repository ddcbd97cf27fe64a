// SPDX-License-Identifier: MIT
// The instruction set that the kernels use on this machine.
#pragma once

#include <string>
#include <string_view>

namespace twinpath::inline v0 {

/// An instruction-set tier, for which the library has a set of kernels. Within an architecture each tier
/// includes the instructions of the lower ones.
enum class isa {
  baseline,  ///< supported by every processor of the architecture; without fused multiply-add on x86-64
  neon,      ///< AArch64 Advanced SIMD, with FMA
  avx2,      ///< AVX2 with FMA3
  avx512,    ///< AVX-512 F, BW, DQ, VL, CD
};

/// The tier's name as `TWINPATH_ISA` spells it: "baseline", "neon", "avx2", "avx512".
[[nodiscard]] std::string_view name(isa tier) noexcept;

/// The tier in use: the best one that processor and operating system support, limited by the environment
/// variable `TWINPATH_ISA`. It is chosen when it is first needed and then kept.
/// Throws std::invalid_argument if `TWINPATH_ISA` is not the name of a tier; the next call tries again.
/// Thread safe.
[[nodiscard]] isa active_isa();

/// Human-readable text of several lines: tier, register tiles, block sizes, thresholds and the number of
/// threads of the calling arena.
/// Throws as `active_isa`.
/// Thread safe.
[[nodiscard]] std::string describe();

}  // namespace twinpath::inline v0
