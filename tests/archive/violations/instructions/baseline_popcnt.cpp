// SPDX-License-Identifier: MIT
// popcnt in tier baseline, which runs on every x86-64 processor.
namespace twinpath {

__attribute__((target("popcnt"))) int bits(unsigned x) {
  return __builtin_popcount(x);
}

}  // namespace twinpath
