// SPDX-License-Identifier: MIT
#include "weights.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>

namespace digits {
namespace {

constexpr std::size_t moments[] = {1, 2};

}  // namespace

std::uint64_t fingerprint(const twinpath::mlp<float>& net) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
    for (const float parameter : net.parameters(layer)) {
      const auto bits = std::bit_cast<std::uint32_t>(parameter);
      for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ ((bits >> shift) & 0xff)) * 0x100000001b3;
    }
  }
  return hash;
}

bool same_bits(const twinpath::mlp<float>& a, const twinpath::mlp<float>& b) {
  const auto same = [](std::span<const float> x, std::span<const float> y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size_bytes()) == 0);
  };
  for (std::size_t layer = 1; layer <= a.layers(); ++layer) {
    if (!same(a.parameters(layer), b.parameters(layer))) return false;
    for (const std::size_t which : moments) {
      if (!same(a.moments(layer, which), b.moments(layer, which))) return false;
    }
  }
  return a.progress() == b.progress();
}

bool all_finite(const twinpath::mlp<float>& net) {
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
    if (!std::ranges::all_of(net.parameters(layer), [](float x) { return std::isfinite(x); })) return false;
  }
  return true;
}

void copy_state(const twinpath::mlp<float>& from, twinpath::mlp<float>& to) {
  const auto held = [&from](std::size_t which) { return !from.moments(1, which).empty(); };
  to.restore(from.progress(), static_cast<std::size_t>(std::ranges::count_if(moments, held)));
  for (std::size_t layer = 1; layer <= from.layers(); ++layer) {
    std::ranges::copy(from.parameters(layer), to.parameters(layer).begin());
    for (const std::size_t which : moments) {
      std::ranges::copy(from.moments(layer, which), to.moments(layer, which).begin());
    }
  }
}

}  // namespace digits
