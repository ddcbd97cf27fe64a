// SPDX-License-Identifier: MIT
// Ends the process by std::terminate.
#include <exception>

namespace twinpath {

void require(bool fits) {
  if (!fits) std::terminate();
}

}  // namespace twinpath
