// SPDX-License-Identifier: MIT
// TWINPATH_LIBRARY_NAME names the interface of oneDNN.

#include <omp.h>
#include <dnnl.hpp>

#include <cstdlib>
#include <string>
#include <utility>

#include "common/library.hpp"

namespace bench {

static_assert(DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP,
              "the threads of a oneDNN on OpenMP are set here");

void set_threads(int threads) {
  omp_set_num_threads(threads);
}

namespace {

// An instruction set contains the bits of those that it extends.
bool extends(dnnl::cpu_isa isa, dnnl::cpu_isa base) {
  const auto bits = [](dnnl::cpu_isa set) { return static_cast<unsigned>(set); };
  return (bits(isa) & bits(base)) == bits(base);
}

// Names the largest set of the list, since newer versions know more sets than this program.
std::string isa_name(dnnl::cpu_isa isa) {
  constexpr std::pair<dnnl::cpu_isa, const char*> sets[] = {
      {dnnl::cpu_isa::avx512_core_amx, "avx512_core_amx"},
      {dnnl::cpu_isa::avx512_core_bf16, "avx512_core_bf16"},
      {dnnl::cpu_isa::avx512_core_vnni, "avx512_core_vnni"},
      {dnnl::cpu_isa::avx512_core, "avx512_core"},
      {dnnl::cpu_isa::avx2_vnni, "avx2_vnni"},
      {dnnl::cpu_isa::avx2, "avx2"}};
  for (const auto& [set, name] : sets) {
    if (isa == set) return name;
    if (extends(isa, set)) return std::string("beyond ") + name;
  }
  return "below avx2";
}

}  // namespace

library describe_library() {
  const dnnl_version_t* v = dnnl_version();
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  return {TWINPATH_LIBRARY_NAME,
          std::to_string(v->major) + '.' + std::to_string(v->minor) + '.' + std::to_string(v->patch),
          isa_name(isa), extends(isa, dnnl::cpu_isa::avx512_core) ? tier::avx512 : tier::avx2};
}

}  // namespace bench
