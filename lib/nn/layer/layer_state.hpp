// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0::detail {

/// One layer's parameters and gradients, each as one buffer: weights row by row, then the bias.
template <class T>
struct layer_state {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  matrix<T> parameters;
  matrix<T> gradients;   ///< 0x0 until gradients are computed
  matrix<T> moments[2];  ///< of the optimiser, for each parameter; 0x0 if it has fewer

  [[nodiscard]] std::size_t weights_size() const noexcept { return inputs * outputs; }
  [[nodiscard]] std::size_t size() const noexcept { return weights_size() + outputs; }
  [[nodiscard]] matrix_view<T> weights() noexcept { return {parameters.data(), inputs, outputs}; }
  [[nodiscard]] matrix_view<const T> weights() const noexcept { return {parameters.data(), inputs, outputs}; }
  [[nodiscard]] std::span<T> bias() noexcept { return parameters.elements().subspan(weights_size()); }
  [[nodiscard]] std::span<const T> bias() const noexcept {
    return parameters.elements().subspan(weights_size());
  }
  /// The moment of parameter `i`, null if there is none.
  [[nodiscard]] T* moment(std::size_t which, std::size_t i) noexcept {
    return moments[which].empty() ? nullptr : moments[which].data() + i;
  }
  [[nodiscard]] matrix_view<T> weight_gradients() noexcept {
    if (gradients.empty()) return {};
    return {gradients.data(), inputs, outputs};
  }
  [[nodiscard]] std::span<T> bias_gradients() noexcept {
    if (gradients.empty()) return {};
    return gradients.elements().subspan(weights_size());
  }
};

}  // namespace twinpath::inline v0::detail
