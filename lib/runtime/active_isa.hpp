// SPDX-License-Identifier: MIT
// The tier in use, for callers that ask at every operation.
#pragma once

#include <atomic>
#include <twinpath/isa.hpp>

namespace twinpath::inline v0::detail {

/// The tiers of this architecture, lowest first. Advanced SIMD is part of every AArch64, so there is nothing
/// below it.
#if defined(__x86_64__)
constexpr isa architecture_tiers[] = {isa::baseline, isa::avx2, isa::avx512};
#elif defined(__aarch64__)
constexpr isa architecture_tiers[] = {isa::neon};
#else
constexpr isa architecture_tiers[] = {isa::baseline};
#endif

/// The tier for a value of `TWINPATH_ISA` on a machine whose best tier is `best`: the lower one of the two.
/// Null and the empty string cap nothing.
/// Throws std::invalid_argument, with the valid names, when `cap` names no tier of this architecture.
[[nodiscard]] isa choose_isa(const char* cap, isa best);

/// Fills an empty slot with `choose_isa(cap, best)` and returns what the slot holds then; the first of
/// several threads wins. Leaves the slot empty when it throws.
isa settle_isa(std::atomic<int>& slot, const char* cap, isa best);

inline constexpr int no_isa = -1;
extern constinit std::atomic<int> settled_isa;
/// Asks the environment and the machine.
[[nodiscard]] isa settle_active_isa();

/// `active_isa`, inline. The tier is all that is published, so a relaxed load is enough.
[[nodiscard]] inline isa tier_in_use() {
  const int settled = settled_isa.load(std::memory_order_relaxed);
  if (settled != no_isa) [[likely]]
    return static_cast<isa>(settled);
  return settle_active_isa();
}

}  // namespace twinpath::inline v0::detail
