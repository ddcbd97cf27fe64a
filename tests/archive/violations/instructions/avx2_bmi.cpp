// SPDX-License-Identifier: MIT
// BMI, which is not asked for where AVX2 is chosen.
namespace twinpath {

__attribute__((target("bmi"))) unsigned without(unsigned x, unsigned mask) {
  return x & ~mask;
}

}  // namespace twinpath
