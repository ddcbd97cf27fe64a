// SPDX-License-Identifier: MIT
// A template of another library under the name that a program knows it by.
namespace nlohmann {

template <class T>
T twice(T x) {
  return x + x;
}
template int twice(int);

}  // namespace nlohmann
