// SPDX-License-Identifier: MIT
// What the processor has and the operating system lets us use.
#pragma once

#include <cstdint>
#include <twinpath/isa.hpp>

namespace twinpath::inline v0::detail {

/// The CPUID registers and the XCR0 value that decide the tier. A leaf above `max_leaf` is 0, and `xcr0` is 0
/// when the operating system does not offer XGETBV.
struct cpuid_bits {
  std::uint32_t max_leaf;
  std::uint32_t leaf1_ecx;
  std::uint32_t leaf1_edx;
  std::uint32_t leaf7_ebx;
  std::uint64_t xcr0;
};

/// The best tier for these bits. Pure: it looks at nothing else, and never at a model number.
[[nodiscard]] isa best_x86_isa(const cpuid_bits& bits) noexcept;

#if defined(__x86_64__)
/// The bits of the processor that runs the calling thread.
[[nodiscard]] cpuid_bits read_cpuid() noexcept;
#endif

/// The best tier that this machine can run.
[[nodiscard]] isa best_isa() noexcept;

}  // namespace twinpath::inline v0::detail
