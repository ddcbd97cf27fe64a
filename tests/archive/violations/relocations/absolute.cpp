// SPDX-License-Identifier: MIT
// Code that was compiled for one address.
// flags: -fno-pic -fno-pie
namespace twinpath {

extern int calls;
int* counter() {
  return &calls;
}

}  // namespace twinpath
