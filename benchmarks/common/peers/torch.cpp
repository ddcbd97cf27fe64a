// SPDX-License-Identifier: MIT
// TWINPATH_LIBRARY_NAME names the way in which libtorch is used.
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/torch.h>

#include <string>

#include "common/library.hpp"

namespace bench {

void set_threads(int threads) {
  at::set_num_threads(threads);
}

library describe_library() {
  const std::string config = at::show_config();
  const std::size_t at = config.find("CPU capability usage: ");
  const std::string capability =
      at == std::string::npos ? "unknown kernels" : config.substr(at + 22, config.find('\n', at) - at - 22);
  // The tier of its elementwise loops. Its products run on its BLAS, which run.sh configures.
  return {TWINPATH_LIBRARY_NAME, TORCH_VERSION, "elementwise " + capability, best_tier()};
}

}  // namespace bench
