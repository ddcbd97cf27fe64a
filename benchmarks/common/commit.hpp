// SPDX-License-Identifier: MIT
// Which sources were built.
#pragma once

namespace bench {

/// As `git describe --always --dirty` said when this was built; "unknown" outside of a checkout.
[[nodiscard]] const char* commit();

}  // namespace bench
