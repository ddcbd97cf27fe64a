// SPDX-License-Identifier: MIT
// The network files that a run loads and saves.
#pragma once

#include <filesystem>

#include <twinpath/mlp.hpp>

#include "options.hpp"

namespace digits {

// All throw std::runtime_error with the reason, also if the program was built without twinpath::io.

/// The network in the file `o.load`. Throws if another option contradicts it.
[[nodiscard]] twinpath::mlp<float> load_network(const options& o);

/// Throws if `save_network` could not write the file now; leaves no file.
void require_savable(const std::filesystem::path& file);

void save_network(const twinpath::mlp<float>& net, const std::filesystem::path& file);

}  // namespace digits
