// SPDX-License-Identifier: MIT
#include <twinpath/check_gradients.hpp>

#include <algorithm>
#include <cmath>

#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace {

template <class T>
matrix<double> in_double(matrix_view<const T> x) {
  matrix<double> y(x.rows(), x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(x.row(i), y.row(i).begin());
  return y;
}
const class_indices& in_double(const class_indices& classes) {
  return classes;
}

/// The cube root of double's precision balances the error of the quotient with that of the loss.
constexpr double distances[] = {6e-6, 6e-7, 6e-8};
constexpr double small_error = 1e-6;

template <class T, class Targets>
gradient_check checked(const mlp<T>& net, matrix_view<const T> X, const Targets& targets,
                       std::size_t most_per_layer) {
  mlp<T> own(net);
  own.compute_gradients(X, targets);
  mlp<double> exact(net.widths(), net.options());
  for (std::size_t l = 1; l <= net.layers(); ++l)
    std::ranges::copy(net.parameters(l), exact.parameters(l).begin());
  const matrix<double> inputs = in_double(X);
  const auto wanted = in_double(targets);
  const auto loss_with = [&](double& w, double value) {
    const double before = w;
    w = value;
    const double L = exact.compute_gradients(inputs, wanted, gradient_mode::ignore);
    w = before;
    return L;
  };

  gradient_check result;
  const auto for_places = [&](const auto& body) {
    for (std::size_t l = 1; l <= net.layers(); ++l) {
      const std::size_t size = net.parameters(l).size();
      const std::size_t count = std::min(size, most_per_layer);
      for (std::size_t c = 0; c < count; ++c) body(l, c * size / count);
    }
  };
  for_places([&](std::size_t l, std::size_t i) {
    result.largest_gradient =
        std::max(result.largest_gradient, std::abs(static_cast<double>(own.gradients(l)[i])));
  });
  for_places([&](std::size_t l, std::size_t i) {
    ++result.checked;
    double& w = exact.parameters(l)[i];
    const double gradient = static_cast<double>(own.gradients(l)[i]);
    double error = 0;
    double quotient = 0;
    for (std::size_t d = 0; d < std::size(distances); ++d) {
      const double h = distances[d] * std::max(1.0, std::abs(w));
      const double above = w + h;
      const double below = w - h;
      const double q = (loss_with(w, above) - loss_with(w, below)) / (above - below);
      const double size = std::max({std::abs(gradient), std::abs(q), result.largest_gradient / 1000});
      const double e = size == 0 ? 0 : std::abs(gradient - q) / size;
      if (d == 0 || !(e >= error)) {
        error = e;
        quotient = q;
      }
      if (error <= small_error) break;
    }
    // Written so that NaN counts as the largest.
    if (result.layer != 0 && error <= result.largest_error) return;
    if (std::isnan(result.largest_error)) return;
    result.largest_error = error;
    result.layer = l;
    result.place = i;
    result.gradient = gradient;
    result.quotient = quotient;
  });
  return result;
}

}  // namespace

std::string gradient_check::text(const std::vector<std::size_t>& widths) const {
  if (layer == 0) return "no parameter checked";
  const std::size_t outputs = widths.at(layer);
  const std::size_t row = place / outputs;
  const std::string column = std::to_string(place % outputs);
  const std::string name =
      row < widths.at(layer - 1) ? "weight (" + std::to_string(row) + ", " + column + ")" : "bias " + column;
  const std::string figures = "gradient " + detail::number_text(gradient, 6) + ", difference quotient " +
                              detail::number_text(quotient, 6);
  return "largest error " + detail::number_text(largest_error, 2) + " at " + name + " of layer " +
         std::to_string(layer) + ": " + figures + "; " + std::to_string(checked) + " parameters checked";
}

gradient_check check_gradients(const mlp<float>& net, matrix_view<const float> X, matrix_view<const float> Y,
                               std::size_t most_per_layer) {
  return checked(net, X, Y, most_per_layer);
}
gradient_check check_gradients(const mlp<float>& net, matrix_view<const float> X,
                               const class_indices& classes, std::size_t most_per_layer) {
  return checked(net, X, classes, most_per_layer);
}
gradient_check check_gradients(const mlp<double>& net, matrix_view<const double> X,
                               matrix_view<const double> Y, std::size_t most_per_layer) {
  return checked(net, X, Y, most_per_layer);
}
gradient_check check_gradients(const mlp<double>& net, matrix_view<const double> X,
                               const class_indices& classes, std::size_t most_per_layer) {
  return checked(net, X, classes, most_per_layer);
}

}  // namespace twinpath::inline v0
