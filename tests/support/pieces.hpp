// SPDX-License-Identifier: MIT
// Whether threads shared an operation, according to its trace.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <twinpath/trace.hpp>

namespace tests {

/// Runs body and returns the number of pieces of the operation of that name.
template <class Body>
std::size_t pieces_of(std::string_view operation, const Body& body) {
  twinpath::trace trace;
  trace.start();
  body();
  trace.stop();
  const auto spans = trace.spans();
  return static_cast<std::size_t>(
      std::count_if(spans.begin(), spans.end(), [&](const auto& span) { return span.name == operation; }));
}

}  // namespace tests
