// SPDX-License-Identifier: MIT
// TWINPATH_LIBRARY_NAME: openblas or openblas-pip.
#include <cblas.h>

#include <string>

#include "common/library.hpp"

namespace bench {
namespace {

// openblas_get_config: "OpenBLAS 0.3.21 DYNAMIC_ARCH …"
std::string version_of(const std::string& config) {
  const std::size_t begin = config.find(' ');
  return begin == std::string::npos ? config
                                    : config.substr(begin + 1, config.find(' ', begin + 1) - begin - 1);
}

}  // namespace

void set_threads(int threads) {
  openblas_set_num_threads(threads);
}

library describe_library() {
  const std::string core = openblas_get_corename();
  const bool avx512 =
      core == "SkylakeX" || core == "Cooperlake" || core == "SapphireRapids" || core == "Zen4";
  const std::string suffix = std::string(TWINPATH_LIBRARY_NAME).substr(std::string("openblas").size());
  return {"OpenBLAS" + suffix, version_of(openblas_get_config()), core, avx512 ? tier::avx512 : tier::avx2};
}

}  // namespace bench
