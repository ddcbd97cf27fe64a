// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <algorithm>
#include <cstddef>

#include <twinpath/contract/products.hpp>

#include "gemm/families.hpp"
#include "gemm/shapes.hpp"
#include "predict/configurations.hpp"
#include "step/configurations.hpp"

namespace compare {
namespace {

namespace contract = twinpath::contract;

// Each block of k is one chain.
template <class T>
double chains_of(const gemm_bench::row& r) {
  const contract::cut slices = contract::slices(r.k);
  std::size_t blocks = 0;
  for (std::size_t s = 0; s < slices.count; ++s)
    blocks += contract::blocks<T>(slices.begin(s + 1) - slices.begin(s)).count;
  return static_cast<double>(r.m * r.n) * static_cast<double>(blocks);
}

known_row row_of(const gemm_bench::row& r) {
  const double chains = r.type == bench::element::f32 ? chains_of<float>(r) : chains_of<double>(r);
  return {r.name(), r.family, r.flops(), chains, r.excepted()};
}

}  // namespace

std::optional<known_row> parse_row(const std::string& name) {
  // "shape/f32/NT/315x17x4"
  for (const auto type : {bench::element::f32, bench::element::f64}) {
    const std::string prefix = std::string(gemm_bench::chosen_family) + '/' + bench::name(type) + '/';
    if (!name.starts_with(prefix)) continue;
    std::string shape = name.substr(prefix.size());
    std::replace(shape.begin(), shape.end(), '/', ':');
    if (const auto row = gemm_bench::parse_shape(shape, type)) return row_of(*row);
  }
  return std::nullopt;
}

std::vector<known_row> known_rows(bench::element type) {
  std::vector<known_row> rows;
  for (const gemm_bench::row& r : gemm_bench::all_rows(type)) rows.push_back(row_of(r));
  if (type == bench::element::f32) {
    for (const step_bench::configuration& c : step_bench::configurations())
      rows.push_back({c.name(), "step", c.flops(), 0, false});
    for (const predict_bench::configuration& c : predict_bench::configurations())
      rows.push_back({c.name(), "predict", c.flops(), 0, false});
  }
  return rows;
}

std::vector<std::string> known_families() {
  std::vector<std::string> families(gemm_bench::families.begin(), gemm_bench::families.end());
  families.insert(families.end(), {gemm_bench::chosen_family, "step", "predict"});
  return families;
}

}  // namespace compare
