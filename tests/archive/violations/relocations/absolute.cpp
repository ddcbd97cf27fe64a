// SPDX-License-Identifier: MIT
// Code that depends on its position.
// flags: -fno-pic -fno-pie
namespace twinpath {

extern int calls;
int* counter() {
  return &calls;
}

}  // namespace twinpath
