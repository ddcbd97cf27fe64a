// SPDX-License-Identifier: MIT
// The arrays of a network, by their names.
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

/// The weights of layer 1 are "W1"; `moment` is 0 for the parameters, 1 for "W1.m", 2 for "W1.v".
[[nodiscard]] std::string weights_name(std::size_t layer, std::size_t moment);
[[nodiscard]] std::string bias_name(std::size_t layer, std::size_t moment);

/// A network as a file has it.
struct mlp_arrays {
  named_arrays arrays;
  std::vector<std::size_t> widths;
  std::size_t moments = 0;
  optimizer_progress progress;
  std::optional<twinpath::activation> activation;
  std::optional<twinpath::loss> loss;
  std::optional<twinpath::reduction> reduction;

  /// Weights are float32 or float64 of widths[layer-1] x widths[layer], as a bias is of widths[layer].
  [[nodiscard]] const array& weights(std::size_t layer, std::size_t moment) const;
  [[nodiscard]] const array& bias(std::size_t layer, std::size_t moment) const;
};

/// Checks that the arrays are those of a network and of nothing else.
/// Throws std::runtime_error, without a file's name, when they are not.
[[nodiscard]] mlp_arrays check_mlp_arrays(named_arrays arrays);

}  // namespace twinpath::inline v0::detail::io
