// SPDX-License-Identifier: MIT
// Instruction sets that the processor has and the operating system supports.
#pragma once

#include <cstdint>
#include <twinpath/isa.hpp>

namespace twinpath::inline v0::detail {

/// The CPUID registers and the XCR0 value that decide the tier. A leaf above `max_leaf` is 0; `xcr0` is 0 if
/// the operating system does not enable XGETBV.
struct cpuid_bits {
  std::uint32_t max_leaf;
  std::uint32_t leaf1_ecx;
  std::uint32_t leaf1_edx;
  std::uint32_t leaf7_ebx;
  std::uint64_t xcr0;
};

/// The best tier for these bits: a pure function of them. Model numbers are never used.
[[nodiscard]] isa best_x86_isa(const cpuid_bits& bits) noexcept;

#if defined(__x86_64__)
/// The bits of the processor on which the calling thread runs.
[[nodiscard]] cpuid_bits read_cpuid() noexcept;
#endif

/// The best tier that this machine can run.
[[nodiscard]] isa best_isa() noexcept;

}  // namespace twinpath::inline v0::detail
