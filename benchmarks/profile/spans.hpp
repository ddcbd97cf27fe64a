// SPDX-License-Identifier: MIT
// Operations of recorded spans, and sums of their times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <twinpath/trace.hpp>

namespace profile {

enum class path { forward, parameter, backprop, other };

[[nodiscard]] const char* name(path p);

/// A piece of an operation. Times are in nanoseconds since its step began.
struct piece {
  std::string name;       ///< "dW2"
  std::string operation;  ///< "dW"
  std::size_t layer = 0;  ///< 2; 0 without a layer
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

/// The union of intervals: ascending, disjoint, not empty.
[[nodiscard]] std::vector<interval> united(std::vector<interval> all);
/// The total length of disjoint intervals.
[[nodiscard]] double length(const std::vector<interval>& disjoint);
/// The time during which both run; both lists are ascending and disjoint.
[[nodiscard]] double length_of_both(const std::vector<interval>& a, const std::vector<interval>& b);

/// The intervals in which at least one piece with `wanted` ran.
template <class Wanted>
[[nodiscard]] std::vector<interval> busy(const std::vector<piece>& pieces, const Wanted& wanted) {
  std::vector<interval> all;
  for (const piece& p : pieces) {
    if (wanted(p)) all.push_back({p.begin_ns, p.end_ns});
  }
  return united(std::move(all));
}

}  // namespace profile
