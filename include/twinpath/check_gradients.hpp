// SPDX-License-Identifier: MIT
// Gradient check: backpropagated gradients against central differences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <twinpath/class_indices.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/mlp.hpp>

namespace twinpath::inline v0 {

/// The result of `check_gradients`: the parameter whose gradient differs most from the difference quotient.
struct gradient_check {
  /// |gradient - quotient| / max(|gradient|, |quotient|, largest_gradient / 1000).
  double largest_error = 0;
  std::size_t layer = 0;        ///< 1 … layers()
  std::size_t place = 0;        ///< index in `parameters(layer)`
  double gradient = 0;          ///< from `compute_gradients`
  double quotient = 0;          ///< (L(w + h) - L(w - h)) / 2h
  double largest_gradient = 0;  ///< the largest magnitude checked; 0 means that the check says nothing
  std::size_t checked = 0;      ///< number of parameters compared

  /// A sentence such as "largest error 3.1e-08 at weight (12, 3) of layer 2: gradient 0.0123, difference
  /// quotient 0.0123; 1234 parameters checked"
  [[nodiscard]] std::string text(const std::vector<std::size_t>& widths) const;
};

/// Compares the gradients from `compute_gradients` with central differences of the loss. The loss is computed
/// in double, also for a network in float, so the error is that of the gradients. If a kink of an activation
/// lies between the two points, a smaller distance is tried.
///
/// Checks at most `most_per_layer` parameters of each layer, evenly spaced; each costs at least two forward
/// passes. Does not change the network. Shapes and errors: as `compute_gradients`.
/// Thread safety: as `mlp`.
[[nodiscard]] gradient_check check_gradients(const mlp<float>& net, matrix_view<const float> X,
                                             matrix_view<const float> Y, std::size_t most_per_layer = 200);
/// The same with class indices.
[[nodiscard]] gradient_check check_gradients(const mlp<float>& net, matrix_view<const float> X,
                                             const class_indices& classes, std::size_t most_per_layer = 200);
/// The same in double.
[[nodiscard]] gradient_check check_gradients(const mlp<double>& net, matrix_view<const double> X,
                                             matrix_view<const double> Y, std::size_t most_per_layer = 200);
/// The same in double with class indices.
[[nodiscard]] gradient_check check_gradients(const mlp<double>& net, matrix_view<const double> X,
                                             const class_indices& classes, std::size_t most_per_layer = 200);

}  // namespace twinpath::inline v0
