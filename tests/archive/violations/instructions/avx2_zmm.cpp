// SPDX-License-Identifier: MIT
// ZMM registers in tier avx2.
namespace twinpath {

using floats = float __attribute__((vector_size(64)));

__attribute__((target("avx512f"))) void twice(floats* x) {
  *x += *x;
}

}  // namespace twinpath
