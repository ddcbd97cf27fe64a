// SPDX-License-Identifier: MIT
#pragma once

namespace elementary_bench {

/// Activations and updates.
void register_layer_rows();

}  // namespace elementary_bench
