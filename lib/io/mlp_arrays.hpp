// SPDX-License-Identifier: MIT
// The arrays of a network's file and their names.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <twinpath/activation.hpp>
#include <twinpath/adam.hpp>
#include <twinpath/loss.hpp>

#include "npz.hpp"

namespace twinpath::inline v0::detail::io {

inline constexpr const char* updates_name = "updates";
inline constexpr const char* beta1_power_name = "beta1_power";
inline constexpr const char* beta2_power_name = "beta2_power";

/// For layer 1: "W1" with `moment` 0, "W1.m" with 1, "W1.v" with 2.
[[nodiscard]] std::string weights_name(std::size_t layer, std::size_t moment);
[[nodiscard]] std::string bias_name(std::size_t layer, std::size_t moment);

/// The checked content of a network's file.
struct mlp_arrays {
  named_arrays arrays;
  std::vector<std::size_t> widths;
  std::size_t moments = 0;
  optimizer_progress progress;
  std::optional<twinpath::activation> activation;
  std::optional<twinpath::loss> loss;
  std::optional<twinpath::reduction> reduction;

  /// Weights are widths[layer-1] x widths[layer], a bias is widths[layer] elements, float32 or float64.
  [[nodiscard]] const array& weights(std::size_t layer, std::size_t moment) const;
  [[nodiscard]] const array& bias(std::size_t layer, std::size_t moment) const;
};

/// Checks that the arrays are those of a network and that there are no others.
/// Throws std::runtime_error, without the name of the file, if they are not.
[[nodiscard]] mlp_arrays check_mlp_arrays(named_arrays arrays);

}  // namespace twinpath::inline v0::detail::io
