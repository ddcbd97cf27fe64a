// SPDX-License-Identifier: MIT
// Products that the user names, and random ones.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "families.hpp"

namespace gemm_bench {

/// The family of these rows.
inline constexpr const char* chosen_family = "shape";

/// The row of "NT:315x17x4", which is layout:MxNxK; empty if the text is not of this form, or if an operand
/// has more elements than a 32-bit index counts.
[[nodiscard]] inline std::optional<row> parse_shape(std::string_view text, element type) {
  constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
  row r{chosen_family, type};
  const std::size_t colon = text.find(':');
  bool known = false;
  for (const layout l : every_layout) {
    if (text.substr(0, colon) != gemm_bench::name(l)) continue;
    r.how = l;
    known = true;
  }
  if (!known || colon == std::string_view::npos) return std::nullopt;
  const char* at = text.data() + colon;  // the separator before each number
  const char* const end = text.data() + text.size();
  for (std::size_t* size : {&r.m, &r.n, &r.k}) {
    if (at == end || *at != (size == &r.m ? ':' : 'x')) return std::nullopt;
    const auto [next, error] = std::from_chars(at + 1, end, *size);
    if (error != std::errc() || *size == 0 || *size > most) return std::nullopt;
    at = next;
  }
  if (at != end || r.m * r.n > most || r.m * r.k > most || r.k * r.n > most) return std::nullopt;
  return r;
}

/// The rows of a list of shapes.
[[nodiscard]] std::vector<row> rows_of_shapes(const std::vector<std::string>& shapes, element type);

/// Reads one shape a line; empty lines and those that begin with # are skipped. Throws std::runtime_error
/// with the line that is not a shape.
[[nodiscard]] std::vector<std::string> read_shapes(const std::string& file);

/// Different shapes in any layout, each dimension log-uniform in 1 ... 2048, of at most 4 GFLOP.
[[nodiscard]] std::vector<std::string> random_shapes(std::uint64_t seed, std::size_t count);

}  // namespace gemm_bench
