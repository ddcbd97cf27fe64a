// SPDX-License-Identifier: MIT
#pragma once

// Semantic version of the library. The inline namespace `v0` carries the major version, so that two
// major versions can be linked into one program.
#define TWINPATH_VERSION_MAJOR 0
#define TWINPATH_VERSION_MINOR 1
#define TWINPATH_VERSION_PATCH 0
#define TWINPATH_VERSION "0.1.0"
