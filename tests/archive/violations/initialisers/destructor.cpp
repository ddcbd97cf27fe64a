// SPDX-License-Identifier: MIT
// A constant at first sight that is destroyed after main.
namespace twinpath {

struct pool {
  ~pool();
};
extern pool all_threads;
pool all_threads;

}  // namespace twinpath
