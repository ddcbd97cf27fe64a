// SPDX-License-Identifier: MIT
#include "cpu_features.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace twinpath::inline v0::detail {
namespace {

constexpr std::uint32_t bit(unsigned position) noexcept {
  return std::uint32_t{1} << position;
}

constexpr std::uint32_t osxsave = bit(27);

// Intel SDM volume 2, CPUID: leaf 1 ECX and leaf 7 EBX.
constexpr std::uint32_t avx2_leaf1_ecx = bit(12) | osxsave | bit(28);  // FMA, OSXSAVE, AVX
constexpr std::uint32_t avx2_leaf7_ebx = bit(5);
constexpr std::uint32_t avx512_leaf7_ebx =
    bit(16) | bit(17) | bit(28) | bit(30) | bit(31);  // F, DQ, CD, BW, VL

// Intel SDM volume 1, section 13.3: the register state that the operating system saves.
constexpr std::uint64_t ymm_state = bit(1) | bit(2);           // XMM, upper halves of YMM
constexpr std::uint64_t zmm_state = bit(5) | bit(6) | bit(7);  // opmasks, upper halves of ZMM0-15, ZMM16-31

template <class T>
constexpr bool has_all(T value, T wanted) noexcept {
  return (value & wanted) == wanted;
}

}  // namespace

isa best_x86_isa(const cpuid_bits& bits) noexcept {
  const bool avx2 = bits.max_leaf >= 7 && has_all(bits.leaf1_ecx, avx2_leaf1_ecx) &&
                    has_all(bits.leaf7_ebx, avx2_leaf7_ebx) && has_all(bits.xcr0, ymm_state);
  if (!avx2) return isa::baseline;
  const bool avx512 = has_all(bits.leaf7_ebx, avx512_leaf7_ebx) && has_all(bits.xcr0, zmm_state);
  return avx512 ? isa::avx512 : isa::avx2;
}

#if defined(__x86_64__)

cpuid_bits read_cpuid() noexcept {
  cpuid_bits bits{};
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  bits.max_leaf = static_cast<std::uint32_t>(__get_cpuid_max(0, nullptr));
  if (bits.max_leaf >= 1) {
    __cpuid(1, eax, ebx, ecx, edx);
    bits.leaf1_ecx = ecx;
    bits.leaf1_edx = edx;
  }
  if (bits.max_leaf >= 7) {
    __cpuid_count(7, 0, eax, ebx, ecx, edx);
    bits.leaf7_ebx = ebx;
  }
  if (has_all(bits.leaf1_ecx, osxsave)) {
    // The intrinsic would require -mxsave for this file.
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    bits.xcr0 = (std::uint64_t{high} << 32) | low;
  }
  return bits;
}

isa best_isa() noexcept {
  return best_x86_isa(read_cpuid());
}

#elif defined(__aarch64__)

isa best_isa() noexcept {
  return isa::neon;
}

#else

isa best_isa() noexcept {
  return isa::baseline;
}

#endif

}  // namespace twinpath::inline v0::detail
