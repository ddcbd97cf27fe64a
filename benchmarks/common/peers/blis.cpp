// SPDX-License-Identifier: MIT
#include <blis.h>
#include <cblas.h>

#include <string>

#include "common/library.hpp"

namespace bench {

void set_threads(int threads) {
  bli_thread_set_num_threads(threads);
}

library describe_library() {
  const std::string arch = bli_arch_string(bli_arch_query_id());
  const bool avx512 = arch == "skx" || arch == "knl" || arch == "zen4" || arch == "zen5";
  return {"BLIS", bli_info_get_version_str(), arch, avx512 ? tier::avx512 : tier::avx2};
}

}  // namespace bench
