// SPDX-License-Identifier: MIT
// Follows every rule, with the constructs of the other files: those alone are no violation.
#include <stdexcept>
#include <vector>

namespace twinpath {

std::vector<int> ones(int count) {
  if (count < 0) throw std::invalid_argument("count");
  return std::vector<int>(static_cast<std::size_t>(count), 1);
}

}  // namespace twinpath
