// SPDX-License-Identifier: MIT
// Whether the gradients of a network are those of its loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <twinpath/matrix.hpp>
#include <twinpath/mlp.hpp>

namespace twinpath::inline v0 {

/// The parameter whose gradient is farthest from the difference quotient.
struct gradient_check {
  /// |gradient - quotient| / max(|gradient|, |quotient|, largest_gradient / 1000).
  double largest_error = 0;
  std::size_t layer = 0;        ///< 1 … layers()
  std::size_t place = 0;        ///< in `parameters(layer)`
  double gradient = 0;          ///< of `compute_gradients`
  double quotient = 0;          ///< (L(w + h) - L(w - h)) / 2h
  double largest_gradient = 0;  ///< of those checked: 0 means that nothing was tested
  std::size_t checked = 0;      ///< number of parameters that were compared

  /// "largest error 3.1e-08 at weight (12, 3) of layer 2: gradient 0.0123, difference quotient 0.0123; 1234
  /// parameters checked"
  [[nodiscard]] std::string text(const std::vector<std::size_t>& widths) const;
};

/// Compares gradients by `compute_gradients` with central differences of the loss. The loss is computed in
/// double, also for a network in float: the error is that of the gradients. Where a kink of an activation
/// lies between the two points, closer ones are tried.
///
/// At most `most_per_layer` parameters of each layer are checked, evenly spread; each costs two forward
/// passes or more. Shapes and errors as for `compute_gradients`; the network is not changed. Thread safety as
/// for `mlp`.
[[nodiscard]] gradient_check check_gradients(const mlp<float>& net, matrix_view<const float> X,
                                             matrix_view<const float> Y, std::size_t most_per_layer = 200);
/// The same with class indices.
[[nodiscard]] gradient_check check_gradients(const mlp<float>& net, matrix_view<const float> X,
                                             std::span<const std::int32_t> classes,
                                             std::size_t most_per_layer = 200);
/// The same in double.
[[nodiscard]] gradient_check check_gradients(const mlp<double>& net, matrix_view<const double> X,
                                             matrix_view<const double> Y, std::size_t most_per_layer = 200);
/// The same in double with class indices.
[[nodiscard]] gradient_check check_gradients(const mlp<double>& net, matrix_view<const double> X,
                                             std::span<const std::int32_t> classes,
                                             std::size_t most_per_layer = 200);

}  // namespace twinpath::inline v0
