// SPDX-License-Identifier: MIT
// The commit of the sources.
#pragma once

namespace bench {

/// The output of `git describe --always --dirty` at build time; "unknown" outside a checkout.
[[nodiscard]] const char* commit();

}  // namespace bench
