// SPDX-License-Identifier: MIT
// A variable with a name of C.
extern "C" {
int twinpath_calls = 0;
}
