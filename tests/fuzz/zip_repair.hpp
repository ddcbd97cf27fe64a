// SPDX-License-Identifier: MIT
// Zip files whose offsets, sizes and checksums are right again after their bytes were changed.
#pragma once

#include <cstdint>
#include <span>

namespace fuzz {

/// Finds headers by their signatures, in their order, and makes names, offsets, sizes and checksums agree as
/// far as it can. Everything else stays unchanged, as does a file that is no zip file.
void repair_zip(std::span<std::uint8_t> file);

}  // namespace fuzz
