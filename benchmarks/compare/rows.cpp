// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

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

known_row step_row(const bench::network& n) {
  return {step_bench::row_name(n), "step", step_bench::flops(n), 0, false};
}
known_row prediction_row(const bench::network& n) {
  return {predict_bench::row_name(n), "predict", predict_bench::flops(n), 0, false};
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
  // "step/f32/50:30-100-3"
  const std::size_t last = name.rfind('/') + 1;
  const auto network = bench::parse_network(std::string_view(name).substr(last));
  if (network && name.starts_with("step/")) return step_row(*network);
  if (network && name.starts_with("predict/")) return prediction_row(*network);
  return std::nullopt;
}

std::vector<known_row> known_rows(bench::element type) {
  std::vector<known_row> rows;
  for (const gemm_bench::row& r : gemm_bench::all_rows(type)) rows.push_back(row_of(r));
  if (type == bench::element::f32) {
    for (const bench::network& c : step_bench::configurations()) rows.push_back(step_row(c));
    for (const bench::network& c : predict_bench::configurations()) rows.push_back(prediction_row(c));
  }
  return rows;
}

std::vector<std::string> known_families() {
  std::vector<std::string> families(gemm_bench::families.begin(), gemm_bench::families.end());
  families.insert(families.end(), {gemm_bench::chosen_family, "step", "predict"});
  return families;
}

}  // namespace compare
