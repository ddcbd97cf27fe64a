// SPDX-License-Identifier: MIT
// BMI, which the choice of tier avx2 does not require.
namespace twinpath {

__attribute__((target("bmi"))) unsigned without(unsigned x, unsigned mask) {
  return x & ~mask;
}

}  // namespace twinpath
