// SPDX-License-Identifier: MIT
// A table of text, aligned for a terminal or as Markdown.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace bench {

enum class style { text, markdown };

class table {
 public:
  /// The first column is set to the left, the others to the right.
  explicit table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }

  /// As many cells as titles.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  void print(std::ostream& out, style s) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A number with this many decimals.
[[nodiscard]] std::string fixed(double value, int decimals);

}  // namespace bench
