// SPDX-License-Identifier: MIT
// Wants a library that users need not have.
namespace arma {
int threads();
}

namespace twinpath {

int threads() {
  return arma::threads();
}

}  // namespace twinpath
