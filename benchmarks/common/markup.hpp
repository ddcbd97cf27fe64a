// SPDX-License-Identifier: MIT
// Text in HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace bench {

/// With nothing in it that a page would read as markup.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace bench
