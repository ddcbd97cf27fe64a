// SPDX-License-Identifier: MIT
// A function that a program may have too.
int twice(int x) {
  return x + x;
}
