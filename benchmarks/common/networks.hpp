// SPDX-License-Identifier: MIT
// Networks and batches whose steps and predictions are measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct network {
  std::size_t batch = 0;
  std::vector<std::size_t> widths;  ///< inputs first, classes last

  /// Such as "64:64-128-10".
  [[nodiscard]] std::string text() const;
};

/// The network of a text such as "64:64-128-10"; empty if it is not of this form.
[[nodiscard]] std::optional<network> parse_network(std::string_view text);

/// 1 to 3 hidden layers; log-uniform: 4 ... 1024 inputs, 8 ... 1024 wide hidden layers, 2 ... 64 classes,
/// batches of 4 ... 8192 rows.
[[nodiscard]] std::vector<network> random_networks(std::uint64_t seed, std::size_t count);

}  // namespace bench
