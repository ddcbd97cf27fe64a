// SPDX-License-Identifier: MIT
// A template that is instantiated in one tier.
namespace twinpath {

template <class T>
T twice(T x) {
  return x + x;
}
template int twice(int);

}  // namespace twinpath
