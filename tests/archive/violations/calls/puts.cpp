// SPDX-License-Identifier: MIT
// Prints.
#include <cstdio>

namespace twinpath {

void greet() {
  std::puts("hello");
}

}  // namespace twinpath
