// SPDX-License-Identifier: MIT
// AVX outside of the tiers.
namespace twinpath {

using floats = float __attribute__((vector_size(32)));

__attribute__((target("avx"))) void twice(floats* x) {
  *x += *x;
}

}  // namespace twinpath
