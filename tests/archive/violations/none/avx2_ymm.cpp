// SPDX-License-Identifier: MIT
// AVX in tier avx2.
namespace twinpath {

using floats = float __attribute__((vector_size(32)));

__attribute__((target("avx2,fma"))) void twice(floats* x) {
  *x += *x;
}

}  // namespace twinpath
