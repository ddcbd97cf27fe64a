// SPDX-License-Identifier: MIT
/// \file
/// Semantic version of the library. The inline namespace `v0` carries the major version, so that two
/// major versions can be linked into one program.
#pragma once

#define TWINPATH_VERSION_MAJOR 0  ///< another one breaks programs
#define TWINPATH_VERSION_MINOR 1  ///< another one brings something new, and breaks programs while MAJOR is 0
#define TWINPATH_VERSION_PATCH 0  ///< another one repairs
#define TWINPATH_VERSION "0.1.0"  ///< all three as text
