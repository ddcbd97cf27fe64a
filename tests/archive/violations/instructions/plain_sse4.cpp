// SPDX-License-Identifier: MIT
// SSE4.1 (pmulld) outside of the tiers.
namespace twinpath {

using ints = int __attribute__((vector_size(16)));

__attribute__((target("sse4.1"))) void square(ints* x) {
  *x *= *x;
}

}  // namespace twinpath
