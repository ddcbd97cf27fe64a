// SPDX-License-Identifier: MIT
// The files that a run begins and ends with.
#pragma once

#include <filesystem>

#include <twinpath/mlp.hpp>

#include "options.hpp"

namespace digits {

// All throw std::runtime_error that says what is wrong, also when the program was built without twinpath::io.

/// The network in the file `o.load`, which must be one that the other options allow.
[[nodiscard]] twinpath::mlp<float> load_network(const options& o);

/// Throws when `save_network` could not write that file as things are; leaves nothing behind.
void require_savable(const std::filesystem::path& file);

void save_network(const twinpath::mlp<float>& net, const std::filesystem::path& file);

}  // namespace digits
