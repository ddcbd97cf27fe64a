// SPDX-License-Identifier: MIT
// What a recorded span is a piece of, and how times add up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <twinpath/trace.hpp>

namespace profile {

enum class path { forward, parameter, backprop, other };

[[nodiscard]] const char* name(path p);

/// A piece of an operation. Times are in nanoseconds since the begin of its step.
struct piece {
  std::string name;       ///< "dW2"
  std::string operation;  ///< "dW"
  std::size_t layer = 0;  ///< 2; 0 where there is none
  profile::path path = path::other;
  std::uint32_t thread = 0;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  double flops = 0;

  [[nodiscard]] double length() const { return static_cast<double>(end_ns - begin_ns); }
};

[[nodiscard]] piece to_piece(const twinpath::span_record& span, std::int64_t step_begin_ns);

struct interval {
  std::int64_t begin;
  std::int64_t end;
};

/// The union: ascending, disjoint, none empty.
[[nodiscard]] std::vector<interval> united(std::vector<interval> all);
/// Of disjoint intervals.
[[nodiscard]] double length(const std::vector<interval>& disjoint);
/// How long both run; both ascending and disjoint.
[[nodiscard]] double length_of_both(const std::vector<interval>& a, const std::vector<interval>& b);

/// When at least one of the pieces that fulfil `wanted` ran.
template <class Wanted>
[[nodiscard]] std::vector<interval> busy(const std::vector<piece>& pieces, const Wanted& wanted) {
  std::vector<interval> all;
  for (const piece& p : pieces) {
    if (wanted(p)) all.push_back({p.begin_ns, p.end_ns});
  }
  return united(std::move(all));
}

}  // namespace profile
