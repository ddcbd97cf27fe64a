// SPDX-License-Identifier: MIT
// TWINPATH_LIBRARY_NAME names the interface of oneDNN.

#include <omp.h>
#include <dnnl.hpp>

#include <cstdlib>
#include <string>

#include "common/library.hpp"

namespace bench {

static_assert(DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP,
              "the threads of a oneDNN on OpenMP are set here");

void set_threads(int threads) {
  omp_set_num_threads(threads);
}

namespace {

std::string isa_name(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::avx2:
      return "avx2";
    case dnnl::cpu_isa::avx2_vnni:
      return "avx2_vnni";
    case dnnl::cpu_isa::avx512_core:
      return "avx512_core";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "avx512_core_vnni";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "avx512_core_bf16";
    default:
      return "instruction set " + std::to_string(static_cast<int>(isa));
  }
}

}  // namespace

library describe_library() {
  const dnnl_version_t* v = dnnl_version();
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  // An instruction set contains the bits of those that it extends.
  constexpr auto avx512 = static_cast<unsigned>(dnnl::cpu_isa::avx512_core);
  const bool has_avx512 = (static_cast<unsigned>(isa) & avx512) == avx512;
  return {TWINPATH_LIBRARY_NAME,
          std::to_string(v->major) + '.' + std::to_string(v->minor) + '.' + std::to_string(v->patch),
          isa_name(isa), has_avx512 ? tier::avx512 : tier::avx2};
}

}  // namespace bench
