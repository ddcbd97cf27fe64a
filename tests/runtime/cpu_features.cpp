// SPDX-License-Identifier: MIT
// The tier is a function of CPUID and XCR0 alone, so a table can describe any machine.
#include "runtime/cpu_features.hpp"

#include <cstdint>

#include "support/catch.hpp"

namespace tp = twinpath;
using tp::isa;
using tp::detail::best_x86_isa;
using tp::detail::cpuid_bits;

namespace {

constexpr std::uint32_t fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28;
constexpr std::uint32_t sse_edx = (1u << 25) | (1u << 26);
constexpr std::uint32_t avx2 = 1u << 5;
constexpr std::uint32_t avx512f = 1u << 16, avx512dq = 1u << 17, avx512cd = 1u << 28, avx512bw = 1u << 30,
                        avx512vl = 1u << 31;
constexpr std::uint32_t avx512 = avx512f | avx512dq | avx512cd | avx512bw | avx512vl;
constexpr std::uint64_t x87 = 0x1, xmm = 0x2, ymm = 0x4, opmask = 0x20, zmm_low = 0x40, zmm_high = 0x80;
constexpr std::uint64_t avx_state = x87 | xmm | ymm;
constexpr std::uint64_t all_state = avx_state | opmask | zmm_low | zmm_high;

/// Every bit except these.
constexpr cpuid_bits all_but(std::uint32_t leaf1_ecx, std::uint32_t leaf7_ebx, std::uint64_t xcr0) {
  return {~0u, ~leaf1_ecx, ~0u, ~leaf7_ebx, ~xcr0};
}

struct machine {
  const char* description;
  cpuid_bits bits;
  isa expected;
};

const machine machines[] = {
    {"nothing", {0, 0, 0, 0, 0}, isa::baseline},
    {"no AVX", {13, fma | osxsave, sse_edx, avx2, avx_state}, isa::baseline},
    {"AVX without OSXSAVE", {13, fma | avx, sse_edx, avx2, avx_state}, isa::baseline},
    {"AVX without AVX2", {13, fma | osxsave | avx, sse_edx, 0, avx_state}, isa::baseline},
    {"AVX2 without FMA", {13, osxsave | avx, sse_edx, avx2, avx_state}, isa::baseline},
    {"AVX2, the system saves no YMM", {13, fma | osxsave | avx, sse_edx, avx2, x87 | xmm}, isa::baseline},
    {"AVX2, the system saves no XMM", {13, fma | osxsave | avx, sse_edx, avx2, x87 | ymm}, isa::baseline},
    {"AVX2, the system saves x87 alone", {13, fma | osxsave | avx, sse_edx, avx2, x87}, isa::baseline},
    {"AVX2, the system saves nothing", {13, fma | osxsave | avx, sse_edx, avx2, 0}, isa::baseline},
    {"AVX2, no leaf 7", {6, fma | osxsave | avx, sse_edx, avx2, avx_state}, isa::baseline},
    {"leaf 1 is the last, what is read beyond is not that leaf's",
     {1, ~0u, ~0u, ~0u, ~std::uint64_t{0}},
     isa::baseline},
    {"leaf 0 is the last", {0, ~0u, ~0u, ~0u, ~std::uint64_t{0}}, isa::baseline},
    {"AVX2", {7, fma | osxsave | avx, sse_edx, avx2, avx_state}, isa::avx2},
    {"AVX2 and no bit that it does not need", {7, fma | osxsave | avx, 0, avx2, xmm | ymm}, isa::avx2},
    {"AVX2, a system that saves ZMM", {13, fma | osxsave | avx, sse_edx, avx2, all_state}, isa::avx2},
    {"AVX-512 without F",
     {13, fma | osxsave | avx, sse_edx, avx2 | (avx512 & ~avx512f), all_state},
     isa::avx2},
    {"AVX-512 without BW",
     {13, fma | osxsave | avx, sse_edx, avx2 | (avx512 & ~avx512bw), all_state},
     isa::avx2},
    {"AVX-512 without DQ",
     {13, fma | osxsave | avx, sse_edx, avx2 | (avx512 & ~avx512dq), all_state},
     isa::avx2},
    {"AVX-512 without VL",
     {13, fma | osxsave | avx, sse_edx, avx2 | (avx512 & ~avx512vl), all_state},
     isa::avx2},
    {"AVX-512 without CD",
     {13, fma | osxsave | avx, sse_edx, avx2 | (avx512 & ~avx512cd), all_state},
     isa::avx2},
    {"AVX-512 F and CD alone, as Knights Landing",
     {13, fma | osxsave | avx, sse_edx, avx2 | avx512f | avx512cd, all_state},
     isa::avx2},
    {"AVX-512, no ZMM state at all", {13, fma | osxsave | avx, sse_edx, avx2 | avx512, avx_state}, isa::avx2},
    {"AVX-512, opmasks alone",
     {13, fma | osxsave | avx, sse_edx, avx2 | avx512, avx_state | opmask},
     isa::avx2},
    {"AVX-512, no opmasks",
     {13, fma | osxsave | avx, sse_edx, avx2 | avx512, all_state & ~opmask},
     isa::avx2},
    {"AVX-512, no ZMM0-15",
     {13, fma | osxsave | avx, sse_edx, avx2 | avx512, all_state & ~zmm_low},
     isa::avx2},
    {"AVX-512, no ZMM16-31",
     {13, fma | osxsave | avx, sse_edx, avx2 | avx512, all_state & ~zmm_high},
     isa::avx2},
    {"AVX-512, ZMM state without YMM",
     {13, fma | osxsave | avx, sse_edx, avx2 | avx512, all_state & ~ymm},
     isa::baseline},
    {"AVX-512 without AVX2", {13, fma | osxsave | avx, sse_edx, avx512, all_state}, isa::baseline},
    {"AVX-512 without FMA", {13, osxsave | avx, sse_edx, avx2 | avx512, all_state}, isa::baseline},
    {"AVX-512", {13, fma | osxsave | avx, sse_edx, avx2 | avx512, all_state}, isa::avx512},
    {"AVX-512 and no bit that it does not need",
     {7, fma | osxsave | avx, 0, avx2 | avx512, all_state & ~x87},
     isa::avx512},
    {"AVX-512, no leaf 7", {6, fma | osxsave | avx, sse_edx, avx2 | avx512, all_state}, isa::baseline},
    {"every bit but FMA", all_but(fma, 0, 0), isa::baseline},
    {"every bit but OSXSAVE", all_but(osxsave, 0, 0), isa::baseline},
    {"every bit but AVX", all_but(avx, 0, 0), isa::baseline},
    {"every bit but AVX2", all_but(0, avx2, 0), isa::baseline},
    {"every bit but XMM state", all_but(0, 0, xmm), isa::baseline},
    {"every bit but YMM state", all_but(0, 0, ymm), isa::baseline},
    {"every bit but AVX-512 F", all_but(0, avx512f, 0), isa::avx2},
    {"every bit but AVX-512 DQ", all_but(0, avx512dq, 0), isa::avx2},
    {"every bit but AVX-512 CD", all_but(0, avx512cd, 0), isa::avx2},
    {"every bit but AVX-512 BW", all_but(0, avx512bw, 0), isa::avx2},
    {"every bit but AVX-512 VL", all_but(0, avx512vl, 0), isa::avx2},
    {"every bit but opmask state", all_but(0, 0, opmask), isa::avx2},
    {"every bit but the upper halves of ZMM0-15", all_but(0, 0, zmm_low), isa::avx2},
    {"every bit but ZMM16-31", all_but(0, 0, zmm_high), isa::avx2},
    {"every bit but x87 state", all_but(0, 0, x87), isa::avx512},
    {"every bit", {~0u, ~0u, ~0u, ~0u, ~std::uint64_t{0}}, isa::avx512},
};

}  // namespace

TEST_CASE("the tier of spoofed processors", "[runtime][isa]") {
  for (const machine& m : machines) {
    INFO(m.description);
    CHECK(tp::name(best_x86_isa(m.bits)) == tp::name(m.expected));
  }
}

TEST_CASE("the tier of this machine", "[runtime][isa]") {
#if defined(__x86_64__)
  const cpuid_bits bits = tp::detail::read_cpuid();
  CHECK(bits.max_leaf >= 1);
  CHECK((bits.leaf1_edx & sse_edx) == sse_edx);
  CHECK(tp::name(tp::detail::best_isa()) == tp::name(best_x86_isa(bits)));
#if defined(__GNUC__)
  // The compiler's runtime library detects the processor and the system too.
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") != 0 &&
                          __builtin_cpu_supports("avx512bw") != 0 &&
                          __builtin_cpu_supports("avx512dq") != 0 &&
                          __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512cd") != 0;
  CHECK((tp::detail::best_isa() >= isa::avx2) == has_avx2);
  CHECK((tp::detail::best_isa() == isa::avx512) == has_avx512);
#endif
#elif defined(__aarch64__)
  CHECK(tp::name(tp::detail::best_isa()) == "neon");
#endif
}
