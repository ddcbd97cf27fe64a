// SPDX-License-Identifier: MIT
// Zip files whose offsets, sizes and checksums are right again after their bytes were changed.
#pragma once

#include <cstdint>
#include <span>

namespace fuzz {

/// Takes the headers for what they are by their signatures, in their order, and makes names, offsets, sizes
/// and checksums agree as far as it can. Leaves anything else as it is, a file that is no zip file included.
void repair_zip(std::span<std::uint8_t> file);

}  // namespace fuzz
