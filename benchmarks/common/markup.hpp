// SPDX-License-Identifier: MIT
// Text in HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace bench {

/// The text with markup characters escaped.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace bench
