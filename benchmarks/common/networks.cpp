// SPDX-License-Identifier: MIT
#include "common/networks.hpp"

#include <charconv>
#include <system_error>
#include <utility>

#include "common/random_sizes.hpp"

namespace bench {

std::string network::text() const {
  std::string text = std::to_string(batch);
  for (std::size_t i = 0; i < widths.size(); ++i)
    text.append(i == 0 ? ":" : "-").append(std::to_string(widths[i]));
  return text;
}

std::optional<network> parse_network(std::string_view text) {
  std::vector<std::size_t> sizes;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::size_t size = 0;
    const auto [next, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size == 0) return std::nullopt;
    sizes.push_back(size);
    if (next == end) break;
    if (*next != (sizes.size() == 1 ? ':' : '-')) return std::nullopt;
    at = next + 1;
  }
  if (sizes.size() < 3) return std::nullopt;
  return network{sizes.front(), {sizes.begin() + 1, sizes.end()}};
}

std::vector<network> random_networks(std::uint64_t seed, std::size_t count) {
  random_sizes random(seed);
  std::vector<network> networks;
  for (std::size_t i = 0; i < count; ++i) {
    network n;
    n.batch = random.log_uniform(4, 8192);
    n.widths.push_back(random.log_uniform(4, 1024));
    for (std::size_t hidden = 1 + random.below(3); hidden > 0; --hidden)
      n.widths.push_back(random.log_uniform(8, 1024));
    n.widths.push_back(random.log_uniform(2, 64));
    networks.push_back(std::move(n));
  }
  return networks;
}

}  // namespace bench
