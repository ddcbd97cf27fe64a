// SPDX-License-Identifier: MIT
// Whether this processor transposes B in registers at no extra cost. Processors differ: some execute shuffles
// beside the multiply-adds of whole vectors, on others both compete for one port. So it is measured once a
// process, at the first product that needs it, and no name of a processor is looked at.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "kernels/kernel_table.hpp"

namespace twinpath::inline v0::detail {

enum class finding : std::uint8_t { not_measured, no, yes };

/// Whether tall tiles hide the shuffles of a transposed B behind their multiply-adds, with the kernels in
/// use. Tests set it.
template <class T>
inline constinit std::atomic<finding> hides_shuffles{finding::not_measured};

/// Measures `hides_shuffles`, in 40 to 160 µs (Intel Emerald Rapids). If several threads do so at once, the
/// first finding stays.
template <class T>
finding measure_shuffles(const kernel_table<T>& table) noexcept;

/// Most rows of C for which a transposed B is read in place.
template <class T>
[[nodiscard]] inline std::size_t in_place_rows(const kernel_table<T>& table) noexcept {
  if (table.in_place_rows == table.tile_rows) return table.tile_rows;
  finding found = hides_shuffles<T>.load(std::memory_order_relaxed);
  if (found == finding::not_measured) [[unlikely]]
    found = measure_shuffles(table);
  return found == finding::yes ? table.in_place_rows : table.tile_rows;
}

}  // namespace twinpath::inline v0::detail
