// SPDX-License-Identifier: MIT
/// \file
/// The semantic version of the library. The inline namespace `v0` contains the major version, so that two
/// major versions can be linked into one program.
#pragma once

#define TWINPATH_VERSION_MAJOR 0  ///< incremented for breaking changes
#define TWINPATH_VERSION_MINOR 2  ///< incremented for new features, and for breaking changes while MAJOR is 0
#define TWINPATH_VERSION_PATCH 0  ///< incremented for bug fixes
#define TWINPATH_VERSION "0.2.0"  ///< all three as text
