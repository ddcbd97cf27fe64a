// SPDX-License-Identifier: MIT
// AVX-512 in tier avx512.
namespace twinpath {

using floats = float __attribute__((vector_size(64)));

__attribute__((target("avx512f"))) void twice(floats* x) {
  *x += *x;
}

}  // namespace twinpath
