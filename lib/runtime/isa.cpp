// SPDX-License-Identifier: MIT
#include <twinpath/isa.hpp>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "active_isa.hpp"
#include "cpu_features.hpp"

namespace twinpath::inline v0 {

std::string_view name(isa tier) noexcept {
  switch (tier) {
    case isa::baseline:
      return "baseline";
    case isa::neon:
      return "neon";
    case isa::avx2:
      return "avx2";
    case isa::avx512:
      return "avx512";
  }
  return "unknown";
}

isa active_isa() {
  return detail::tier_in_use();
}

namespace detail {

constinit std::atomic<int> settled_isa{no_isa};

isa choose_isa(const char* cap, isa best) {
  if (cap == nullptr || *cap == '\0') return best;
  for (const isa tier : architecture_tiers) {
    if (name(tier) == cap) return std::min(tier, best);
  }
  std::string text = "TWINPATH_ISA is \"";
  text.append(cap).append("\": the tiers of this architecture are ");
  const char* separator = "";
  for (const isa tier : architecture_tiers) {
    text.append(separator).append(name(tier));
    separator = ", ";
  }
  throw std::invalid_argument(text);
}

isa settle_isa(std::atomic<int>& slot, const char* cap, isa best) {
  const isa tier = choose_isa(cap, best);
  int held = no_isa;
  if (slot.compare_exchange_strong(held, static_cast<int>(tier), std::memory_order_relaxed)) return tier;
  return static_cast<isa>(held);
}

isa settle_active_isa() {
  return settle_isa(settled_isa, std::getenv("TWINPATH_ISA"), best_isa());
}

}  // namespace detail
}  // namespace twinpath::inline v0
