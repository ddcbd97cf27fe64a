// SPDX-License-Identifier: MIT
// The tier in use, cheap enough to be read in every operation.
#pragma once

#include <atomic>
#include <twinpath/isa.hpp>

namespace twinpath::inline v0::detail {

/// The tiers of this architecture, lowest first. Every AArch64 processor has Advanced SIMD, so `neon` is the
/// only tier there.
#if defined(__x86_64__)
constexpr isa architecture_tiers[] = {isa::baseline, isa::avx2, isa::avx512};
#elif defined(__aarch64__)
constexpr isa architecture_tiers[] = {isa::neon};
#else
constexpr isa architecture_tiers[] = {isa::baseline};
#endif

/// The tier for a value of `TWINPATH_ISA` on a machine whose best tier is `best`: the lower one of the two.
/// Null and the empty string set no cap.
/// Throws std::invalid_argument with the valid names if `cap` is not a tier of this architecture.
[[nodiscard]] isa choose_isa(const char* cap, isa best);

/// Stores `choose_isa(cap, best)` in an empty slot and returns the value of the slot; the first of several
/// threads wins. If it throws, the slot stays empty.
isa settle_isa(std::atomic<int>& slot, const char* cap, isa best);

inline constexpr int no_isa = -1;
extern constinit std::atomic<int> settled_isa;
/// Settles `settled_isa` from the environment and the processor.
[[nodiscard]] isa settle_active_isa();

/// `active_isa`, inline. A relaxed load is enough, because no other data is published with the tier.
[[nodiscard]] inline isa tier_in_use() {
  const int settled = settled_isa.load(std::memory_order_relaxed);
  if (settled != no_isa) [[likely]]
    return static_cast<isa>(settled);
  return settle_active_isa();
}

}  // namespace twinpath::inline v0::detail
