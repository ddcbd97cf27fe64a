// SPDX-License-Identifier: MIT
// An assertion in a build of users.
#undef NDEBUG
#include <cassert>

namespace twinpath {

void require(bool fits) {
  assert(fits);
}

}  // namespace twinpath
