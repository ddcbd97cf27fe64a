// SPDX-License-Identifier: MIT
// The control register of floating-point arithmetic: rounding, and flushing of subnormal numbers.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace tests {

using control_bits = std::uint64_t;

#if defined(__x86_64__)

// Intel SDM volume 1, section 10.2.3: MXCSR.
inline constexpr control_bits default_environment = 0x1f80;  // all exceptions masked
inline constexpr control_bits round_downwards = 0x2000;
inline constexpr control_bits round_upwards = 0x4000;
inline constexpr control_bits round_to_zero = 0x6000;
inline constexpr control_bits subnormal_results_are_zero = 0x8000;
inline constexpr control_bits flush_to_zero = 0x8040;  // of subnormal operands, too

inline control_bits read_environment() {
  constexpr control_bits flags_of_exceptions = 0x3f;
  return _mm_getcsr() & ~flags_of_exceptions;
}
inline void write_environment(control_bits x) {
  _mm_setcsr(static_cast<unsigned>(x));
}

#elif defined(__aarch64__)

// Arm Architecture Reference Manual, FPCR. FZ flushes operands and results.
inline constexpr control_bits default_environment = 0;
inline constexpr control_bits round_upwards = 1u << 22;
inline constexpr control_bits round_downwards = 2u << 22;
inline constexpr control_bits round_to_zero = 3u << 22;
inline constexpr control_bits flush_to_zero = 1u << 24;

inline control_bits read_environment() {
  control_bits x = 0;
  asm volatile("mrs %0, fpcr" : "=r"(x));
  return x;
}
inline void write_environment(control_bits x) {
  asm volatile("msr fpcr, %0" : : "r"(x) : "memory");
}

#endif

/// Sets the environment of the calling thread while it lives.
class environment {
 public:
  explicit environment(control_bits value) : before_(read_environment()) { write_environment(value); }
  ~environment() { write_environment(before_); }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

 private:
  control_bits before_;
};

}  // namespace tests
