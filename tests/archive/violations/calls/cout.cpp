// SPDX-License-Identifier: MIT
// Uses a standard stream of the program.
#include <iosfwd>

namespace std {
extern ostream cout;
}

namespace twinpath {

std::ostream* stream() {
  return &std::cout;
}

}  // namespace twinpath
