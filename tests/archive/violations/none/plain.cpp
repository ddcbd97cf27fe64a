// SPDX-License-Identifier: MIT
// Keeps every rule: what the compiler is asked for by the other files is not what they are refused for.
#include <stdexcept>
#include <vector>

namespace twinpath {

std::vector<int> ones(int count) {
  if (count < 0) throw std::invalid_argument("count");
  return std::vector<int>(static_cast<std::size_t>(count), 1);
}

}  // namespace twinpath
