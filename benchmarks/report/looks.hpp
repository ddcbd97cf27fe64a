// SPDX-License-Identifier: MIT
// The colour and marker of each library and family, the same in all charts.
#pragma once

#include <string>
#include <vector>

namespace report {

struct look {
  std::string name;  ///< of a class in page.css
  int marker = 0;
};

[[nodiscard]] look look_of_library(const std::string& library);
[[nodiscard]] look look_of_family(const std::string& family);

[[nodiscard]] std::string legend_of_libraries(const std::vector<std::string>& libraries);
[[nodiscard]] std::string legend_of_families(const std::vector<std::string>& families);

}  // namespace report
