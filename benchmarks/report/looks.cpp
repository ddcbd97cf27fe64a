// SPDX-License-Identifier: MIT
#include "looks.hpp"

#include <algorithm>
#include <array>

#include "chart.hpp"
#include "html.hpp"

namespace report {
namespace {

constexpr std::array libraries{"twinpath",       "OpenBLAS",      "BLIS",      "Eigen",
                               "onednn-sgemm",   "onednn-matmul", "onednn-ip", "oneMKL",
                               "torch-autograd", "torch-tensors", "xsimd",     "sleef"};
// Two libraries that never share a chart may have the same colour.
constexpr std::array library_looks{"c0", "c1", "c2", "c3", "c4", "c5", "c4", "c6", "c7", "c8", "c1", "c2"};
constexpr std::array families{"tiny", "small", "layer", "square", "long", "thin", "step", "predict"};
constexpr std::array family_looks{"c1", "c2", "c0", "c6", "c3", "c4", "c7", "c8"};

template <std::size_t n>
look find(const std::array<const char*, n>& names, const std::array<const char*, n>& looks,
          const std::string& wanted) {
  const auto it = std::find(names.begin(), names.end(), wanted);
  if (it == names.end()) return {"c9", 0};
  return {looks[static_cast<std::size_t>(it - names.begin())],
          static_cast<int>(it - names.begin()) % marker_forms};
}

std::string legend(const std::vector<std::string>& names, look (*look_of)(const std::string&)) {
  std::string text = "<p class=\"legend\">";
  for (const std::string& name : names) {
    const look l = look_of(name);
    text += "<span><svg class=\"s " + l.name + "\" viewBox=\"0 0 12 12\">" + marker(l.marker, 6, 6, 4) +
            "</svg>" + escaped(name) + "</span>\n";
  }
  return text + "</p>\n";
}

}  // namespace

look look_of_library(const std::string& library) {
  return find(libraries, library_looks, library);
}
look look_of_family(const std::string& family) {
  return find(families, family_looks, family);
}

std::string legend_of_libraries(const std::vector<std::string>& names) {
  return legend(names, look_of_library);
}
std::string legend_of_families(const std::vector<std::string>& names) {
  return legend(names, look_of_family);
}

}  // namespace report
