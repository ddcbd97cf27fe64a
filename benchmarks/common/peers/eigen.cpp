// SPDX-License-Identifier: MIT
#include <Eigen/Core>

#include <string>

#include "common/library.hpp"

namespace bench {

void set_threads(int threads) {
  Eigen::setNbThreads(threads);
}

library describe_library() {
  constexpr int lanes = Eigen::internal::packet_traits<float>::size;
  const std::string version = std::to_string(EIGEN_WORLD_VERSION) + '.' +
                              std::to_string(EIGEN_MAJOR_VERSION) + '.' + std::to_string(EIGEN_MINOR_VERSION);
  return {"Eigen", version,
          std::string(Eigen::SimdInstructionSetsInUse()) + ", packets of " + std::to_string(lanes),
          lanes >= 16  ? tier::avx512
          : lanes >= 8 ? tier::avx2
                       : tier::baseline};
}

}  // namespace bench
