// SPDX-License-Identifier: MIT
// A function whose name a program may define too.
int twice(int x) {
  return x + x;
}
