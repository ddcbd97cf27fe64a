// SPDX-License-Identifier: MIT
#include "kernels/kernel_table.hpp"

#include "kernels/tables.hpp"
#include "runtime/active_isa.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
const kernel_table<T>* pick(const kernel_table<float>& single, const kernel_table<double>& twofold) noexcept {
  if constexpr (std::is_same_v<T, float>) {
    return &single;
  } else {
    return &twofold;
  }
}

template <class T>
const kernel_table<T>* table_of(isa tier) noexcept {
  switch (tier) {
#if defined(__x86_64__)
    case isa::baseline:
      return pick<T>(baseline_float, baseline_double);
    case isa::avx2:
      return pick<T>(avx2_float, avx2_double);
    case isa::avx512:
      return pick<T>(avx512_float, avx512_double);
#elif defined(__aarch64__)
    case isa::neon:
      return pick<T>(neon_float, neon_double);
#endif
    default:
      return nullptr;
  }
}

}  // namespace

// Relaxed, because the tables are constants: a thread that reads the pointer reads a complete table.
template <class T>
const kernel_table<T>& settle_kernels() {
  const kernel_table<T>* table = table_of<T>(tier_in_use());
  settled_kernels<T>.store(table, std::memory_order_relaxed);
  return *table;
}

template const kernel_table<float>& settle_kernels();
template const kernel_table<double>& settle_kernels();

}  // namespace twinpath::inline v0::detail
