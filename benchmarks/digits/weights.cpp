// SPDX-License-Identifier: MIT
#include "weights.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace digits {

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
  for (std::size_t layer = 1; layer <= a.layers(); ++layer) {
    if (std::memcmp(a.parameters(layer).data(), b.parameters(layer).data(),
                    a.parameters(layer).size_bytes()) != 0) {
      return false;
    }
  }
  return true;
}

bool all_finite(const twinpath::mlp<float>& net) {
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
    if (!std::ranges::all_of(net.parameters(layer), [](float x) { return std::isfinite(x); })) return false;
  }
  return true;
}

void copy_parameters(const twinpath::mlp<float>& from, twinpath::mlp<float>& to) {
  for (std::size_t layer = 1; layer <= from.layers(); ++layer) {
    std::ranges::copy(from.parameters(layer), to.parameters(layer).begin());
  }
}

}  // namespace digits
