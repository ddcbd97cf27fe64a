// SPDX-License-Identifier: MIT
// A global variable with C linkage.
extern "C" {
int twinpath_calls = 0;
}
