// SPDX-License-Identifier: MIT
// The Trace Event Format of Perfetto and chrome://tracing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <vector>

#include "span.hpp"

namespace twinpath::inline v0::detail {

/// A finished span; times in nanoseconds since `trace::start`.
struct timed_span {
  span_label label;
  std::uint32_t thread;
  std::int64_t begin_ns;
  std::int64_t end_ns;
  span_shape shape;

  [[nodiscard]] double flops() const noexcept {
    return 2 * static_cast<double>(shape.m) * static_cast<double>(shape.n) * static_cast<double>(shape.k);
  }
};

/// Writes complete events of threads 0 … threads-1. The stream's locale and format flags have no effect.
void write_chrome_json(std::ostream& out, const std::vector<timed_span>& spans, std::size_t threads,
                       std::size_t dropped);

}  // namespace twinpath::inline v0::detail
