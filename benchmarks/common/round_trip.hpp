// SPDX-License-Identifier: MIT
// The distance of two cores, which determines the cost of sharing small work between threads.
#pragma once

namespace bench {

/// Nanoseconds for a cache line to go from a thread that has written it to another one that writes it, and
/// back: the median of several short trials. Cores with different last-level caches take several times as
/// long, and a virtual machine may move between such cores and neighbours.
[[nodiscard]] double core_round_trip_ns();

}  // namespace bench
