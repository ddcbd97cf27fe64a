// SPDX-License-Identifier: MIT
// An inline variable in a tier.
namespace twinpath {

inline int calls = 0;
int count() {
  return ++calls;
}

}  // namespace twinpath
