// SPDX-License-Identifier: MIT
// A variable that is initialised before main.
namespace twinpath {

int number_of_threads();
int threads = number_of_threads();

}  // namespace twinpath
