// SPDX-License-Identifier: MIT
// How far apart two cores are: what sharing small work between threads costs.
#pragma once

namespace bench {

/// Nanoseconds in which a cache line that one thread has written reaches another one and, written there,
/// comes back: the median of several short tries. Cores behind different last-level caches take several times
/// as long, and a virtual machine may find itself on such cores at one moment and on neighbours at the next.
[[nodiscard]] double core_round_trip_ns();

}  // namespace bench
