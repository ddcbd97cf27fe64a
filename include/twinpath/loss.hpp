// SPDX-License-Identifier: MIT
// Losses: what training minimises.
#pragma once

#include <string_view>

#include <twinpath/options.hpp>

namespace twinpath::inline v0 {

/// A measure of the distance between the scores Z of the output layer and the targets Y.
enum class loss {
  softmax_cross_entropy,  ///< each row is one of n classes; predictions are softmax(Z)
  sigmoid_cross_entropy,  ///< each row has n independent labels; predictions are sigmoid(Z)
  mean_squared_error,     ///< regression; predictions are Z
};

/// How the losses of the rows become one loss, and the scale of the gradient.
enum class reduction {
  mean,  ///< the sum divided by the number of rows for softmax cross-entropy, of elements for the others
  sum,   ///< the sum over all rows and elements
};

namespace detail {

struct loss_row {
  std::string_view name;
  bool mean_over_rows = false;  ///< the mean divides by the rows, not by the elements
};
template <>
struct option_table<loss> {
  using row = loss_row;
  static constexpr row rows[] = {
      {.name = "softmax_cross_entropy", .mean_over_rows = true},
      {.name = "sigmoid_cross_entropy"},
      {.name = "mean_squared_error"},
  };
};

template <>
struct option_table<reduction> {
  struct row {
    std::string_view name;
  };
  static constexpr row rows[] = {{.name = "mean"}, {.name = "sum"}};
};

}  // namespace detail

/// The name of the enumerator, such as "mean_squared_error"; empty for a number that is none.
[[nodiscard]] constexpr std::string_view name(loss which) noexcept {
  return detail::option_row(which).name;
}
/// The same for a reduction, such as "mean".
[[nodiscard]] constexpr std::string_view name(reduction how) noexcept {
  return detail::option_row(how).name;
}

}  // namespace twinpath::inline v0
