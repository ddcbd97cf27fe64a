// SPDX-License-Identifier: MIT
// TWINPATH_LIBRARY_NAME: onemkl or onemkl-strict.
#include <mkl.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <string>

#include "common/library.hpp"

namespace bench {
namespace {

// MKL loads a library of kernels at the first product: libmkl_avx512, libmkl_avx2, libmkl_def …
std::string kernel_library() {
  constexpr std::array<const char*, 6> candidates{"mkl_avx512", "mkl_avx10", "mkl_avx2",
                                                  "mkl_avx.",   "mkl_mc",    "mkl_def"};
  std::string found = "unknown kernels";
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    for (const char* candidate : candidates) {
      const std::size_t at = line.find(std::string("/lib") + candidate);
      if (at != std::string::npos) found = line.substr(at + 1, line.find('.', at) - at - 1);
    }
  }
  return found;
}

// "… Math Kernel Library Version 2026.2-Product Build … for …"
std::string version() {
  char text[256]{};
  mkl_get_version_string(text, sizeof text);
  const std::string all = text;
  const std::string title = "Version ";
  const std::size_t begin = all.find(title);
  return begin == std::string::npos
             ? all
             : all.substr(begin + title.size(), all.find('-', begin) - begin - title.size());
}

void multiply_once() {
  constexpr int n = 64;
  static std::array<float, n * n> a{}, b{}, c{};
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0f, a.data(), n, b.data(), n, 0.0f,
              c.data(), n);
}

const std::string suffix = std::string(TWINPATH_LIBRARY_NAME).substr(std::string("onemkl").size());

}  // namespace

void set_threads(int threads) {
  // The same bits for every number of threads: MKL_CBWR=AVX512,STRICT. It must precede all other calls.
  if (suffix == "-strict" && mkl_cbwr_set(mkl_cbwr_get_auto_branch() | MKL_CBWR_STRICT) != MKL_CBWR_SUCCESS)
    throw std::runtime_error("oneMKL refuses its strict mode on this processor");
  mkl_set_dynamic(0);
  mkl_set_num_threads(threads);
}

library describe_library() {
  MKLVersion v{};
  mkl_get_version(&v);
  multiply_once();
  const std::string kernels = kernel_library();
  const bool avx512 =
      kernels.find("avx512") != std::string::npos || kernels.find("avx10") != std::string::npos;
  return {"oneMKL" + suffix, version(), kernels + " for \"" + v.Processor + '"',
          avx512 ? tier::avx512 : tier::avx2};
}

}  // namespace bench
