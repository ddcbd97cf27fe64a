// SPDX-License-Identifier: MIT
// Looks like a constant, but has a destructor that runs after main.
namespace twinpath {

struct pool {
  ~pool();
};
extern pool all_threads;
pool all_threads;

}  // namespace twinpath
