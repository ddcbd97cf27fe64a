// SPDX-License-Identifier: MIT
// Needs a library that users may not have.
namespace arma {
int threads();
}

namespace twinpath {

int threads() {
  return arma::threads();
}

}  // namespace twinpath
