// SPDX-License-Identifier: MIT
#include <oneapi/tbb/global_control.h>

#include <memory>
#include <twinpath/isa.hpp>
#include <twinpath/version.hpp>

#include "common/library.hpp"

namespace bench {
namespace {

namespace tp = twinpath;

std::unique_ptr<oneapi::tbb::global_control> thread_limit;

tier to_tier(tp::isa isa) {
  switch (isa) {
    case tp::isa::neon:
      return tier::neon;
    case tp::isa::avx2:
      return tier::avx2;
    case tp::isa::avx512:
      return tier::avx512;
    case tp::isa::baseline:
      break;
  }
  return tier::baseline;
}

}  // namespace

void set_threads(int threads) {
  using oneapi::tbb::global_control;
  thread_limit = std::make_unique<global_control>(global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
}

library describe_library() {
  const tier active = to_tier(tp::active_isa());
  return {"twinpath", TWINPATH_VERSION, name(active), active, active != best_tier()};
}

}  // namespace bench
