// SPDX-License-Identifier: MIT
// A template of another library under its ordinary name, which a program may define too.
namespace nlohmann {

template <class T>
T twice(T x) {
  return x + x;
}
template int twice(int);

}  // namespace nlohmann
