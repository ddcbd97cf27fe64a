// SPDX-License-Identifier: MIT
// An assertion that is active in a user's build.
#undef NDEBUG
#include <cassert>

namespace twinpath {

void require(bool fits) {
  assert(fits);
}

}  // namespace twinpath
