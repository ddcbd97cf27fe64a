// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include "gemm/families.hpp"
#include "predict/configurations.hpp"
#include "step/configurations.hpp"

namespace compare {

std::vector<known_row> known_rows(bench::element type) {
  std::vector<known_row> rows;
  for (const gemm_bench::row& r : gemm_bench::all_rows(type))
    rows.push_back({r.name(), r.family, r.flops(), r.excepted()});
  if (type == bench::element::f32) {
    for (const step_bench::configuration& c : step_bench::configurations())
      rows.push_back({c.name(), "step", c.flops(), false});
    for (const predict_bench::configuration& c : predict_bench::configurations())
      rows.push_back({c.name(), "predict", c.flops(), false});
  }
  return rows;
}

std::vector<std::string> known_families() {
  std::vector<std::string> families(gemm_bench::families.begin(), gemm_bench::families.end());
  families.insert(families.end(), {"step", "predict"});
  return families;
}

}  // namespace compare
