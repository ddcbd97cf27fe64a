// SPDX-License-Identifier: MIT
#include "nn/network.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "nn/layer/layer.hpp"
#include "nn/optim/update_rule.hpp"
#include "nn/predictions.hpp"
#include "runtime/cache.hpp"
#include "runtime/checks.hpp"
#include "runtime/parallel.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Plain descent is part of the store of dW; other optimisers follow it. A rate of 0 leaves the gradient out,
/// which the store cannot.
template <class T>
gradient_use use_by(const optimizer& rule) noexcept {
  const auto* descent = std::get_if<sgd>(&rule);
  const bool plain = descent != nullptr && descent->momentum == 0 && descent->weight_decay == 0 &&
                     static_cast<T>(descent->learning_rate) != 0;
  return plain ? gradient_use::descend : gradient_use::update;
}

gradient_use use_by(gradient_mode mode) noexcept {
  switch (mode) {
    case gradient_mode::overwrite:
      return gradient_use::overwrite;
    case gradient_mode::accumulate:
      return gradient_use::accumulate;
    case gradient_mode::ignore:
      break;
  }
  return gradient_use::ignore;
}

}  // namespace

template <class T>
network<T>::network(std::vector<std::size_t> w, const mlp_options& o) : widths(std::move(w)), options(o) {
  check_option("mlp", options.activation);
  check_option("mlp", options.loss);
  check_option("mlp", options.reduction);
  check_option("mlp", options.schedule);
  check_option("mlp", "choice", options.choice, choice::fixed);
  if (widths.size() < 2) {
    fail("mlp", std::to_string(widths.size()) + " widths given, a network needs at least 2");
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) fail("mlp", "width " + std::to_string(i) + " is 0");
  }
  for (std::size_t i = 1; i < widths.size(); ++i) {
    if (widths[i - 1] > static_cast<std::size_t>(-1) / 4 / sizeof(T) / widths[i]) {
      fail("mlp", "layer " + shape_text(widths[i - 1], widths[i]) + " exceeds the address space");
    }
  }
  for (std::size_t i = 1; i < widths.size(); ++i) {
    layer_state<T>& layer = layers.emplace_back();
    layer.inputs = widths[i - 1];
    layer.outputs = widths[i];
    layer.parameters = matrix<T>(1, layer.size());
  }
  initialise();
}

// He-uniform. The generator is std::mt19937_64, whose bits the standard fixes; a draw is the upper 53 bits.
template <class T>
void network<T>::initialise() {
  std::mt19937_64 generator(options.seed);
  for (layer_state<T>& layer : layers) {
    const double limit = std::sqrt(6.0 / static_cast<double>(layer.inputs));
    for (T& w : layer.parameters.elements().first(layer.weights_size())) {
      const double unit = static_cast<double>(generator() >> 11) * 0x1p-52 - 1.0;
      w = static_cast<T>(unit * limit);
    }
  }
}

template <class T>
void network<T>::check_batch(const char* function, matrix_view<const T> X, const targets<T>& y) const {
  check_shape(function, "X", X, X.rows(), widths.front());
  if (!y.by_class) {
    check_shape(function, "Y", y.soft, X.rows(), widths.back());
  } else if (options.loss != loss::softmax_cross_entropy) {
    fail(function, "class indices are for softmax cross-entropy; this network's loss wants a matrix Y");
  } else {
    check_size(function, "classes", y.classes, X.rows());
    check_classes(function, y.classes, widths.back());
  }
  check_mean(function, options.loss, options.reduction, X.rows(), widths.back());
}

template <class T>
step_shape network<T>::shape(std::size_t rows, std::size_t x_stride, gradient_use gradients) const {
  return {.rows = rows,
          .x_stride = x_stride,
          .how = options.schedule,
          .choice = options.choice,
          .gradients = gradients,
          .hidden = options.activation};
}

template <class T>
void network<T>::hold_moments(std::size_t count) {
  const auto held = [&] {
    std::size_t n = 0;
    for (const auto& m : layers.front().moments) n += m.empty() ? 0 : 1;
    return n;
  };
  if (held() != count) restore({}, count);
}

template <class T>
void network<T>::restore(const optimizer_progress& at, std::size_t count) {
  if (count > std::size(layers.front().moments)) {
    fail("restore", std::to_string(count) + " moments; optimisers have 0 to 2");
  }
  const auto is_power = [](double p) { return p >= 0 && p <= 1; };
  if (!is_power(at.beta1_power) || !is_power(at.beta2_power)) {
    fail("restore", "the powers of the betas " + number_text(at.beta1_power) + " and " +
                        number_text(at.beta2_power) + " are not from 0 to 1");
  }
  // Everything is allocated before anything is changed: the strong exception guarantee.
  std::vector<matrix<T>> made;
  for (const layer_state<T>& layer : layers) {
    for (std::size_t i = 0; i < count; ++i) made.emplace_back(1, layer.size());
  }
  auto next_made = made.begin();
  for (layer_state<T>& layer : layers) {
    for (std::size_t i = 0; i < std::size(layer.moments); ++i)
      layer.moments[i] = i < count ? std::move(*next_made++) : matrix<T>();
  }
  progress = at;
}

template <class T>
T network<T>::train_step(matrix_view<const T> X, const targets<T>& y, const optimizer& rule) {
  check_optimizer<T>("train_step", rule);
  check_batch("train_step", X, y);
  step.prepare(widths, shape(X.rows(), X.stride(), use_by<T>(rule)));
  hold_moments(moments_of(rule));
  const optimizer_progress after = next_progress(progress, rule);
  const update_rule<T> update = make_update_rule(kernels<T>(), rule, after);
  const T result = step.run(layers, {X, y, options.loss, options.reduction, update, {}});
  progress = after;
  return result;
}

template <class T>
T network<T>::compute_gradients(matrix_view<const T> X, const targets<T>& y, gradient_mode mode,
                                matrix_view<T> dX) {
  constexpr const char* function = "compute_gradients";
  check_option(function, "gradient mode", mode, gradient_mode::ignore);
  check_batch(function, X, y);
  if (is_given(dX)) {
    check_shape(function, "dX", dX, X.rows(), X.cols());
    check_disjoint(function, "dX", dX, "X", X);
    if (!y.by_class) check_disjoint(function, "dX", dX, "Y", y.soft);
    if (y.by_class) check_disjoint(function, "dX", dX, "classes", y.classes);
  }
  step_shape s = shape(X.rows(), X.stride(), use_by(mode));
  s.dx_stride = dX.data() == nullptr ? 0 : dX.stride();
  step.prepare(widths, s);
  if (mode != gradient_mode::ignore) hold_gradients();
  return step.run(layers, {X, y, options.loss, options.reduction, {}, dX});
}

template <class T>
void network<T>::hold_gradients() {
  if (!layers.front().gradients.empty()) return;
  // Everything is allocated before anything is changed: the strong exception guarantee.
  std::vector<matrix<T>> made;
  for (const layer_state<T>& layer : layers) made.emplace_back(1, layer.size());
  for (std::size_t l = 0; l < layers.size(); ++l) layers[l].gradients = std::move(made[l]);
}

template <class T>
void network<T>::require_gradients(const char* function) const {
  if (layers.front().gradients.empty()) fail(function, "there are no gradients yet");
}

/// The sum of contract::squares over the layers.
template <class T>
double network<T>::squares(T scale) const {
  const kernel_table<T>& table = kernels<T>();
  double total = 0;
  scratch_frame scratch;
  for (const layer_state<T>& layer : layers) {
    const std::span<const T> g = layer.gradients.elements();
    const std::size_t pieces = divide_up(g.size(), contract::norm_piece);
    T* const sums = scratch.allocate<T>(pieces);
    for_row_parts(pieces, contract::norm_piece * sizeof(T), [&](std::size_t first, std::size_t last) {
      const span_scope span({"norm"});
      for (std::size_t i = first; i < last; ++i) {
        const T* const x = g.data() + i * contract::norm_piece;
        const std::size_t n = std::min(contract::norm_piece, g.size() - i * contract::norm_piece);
        sums[i] = table.sum_of_squares(scale, x, n);
      }
    });
    double of_layer = 0;
    for (std::size_t i = 0; i < pieces; ++i) of_layer = of_layer + static_cast<double>(sums[i]);
    total = total + of_layer;
  }
  return total;
}

template <class T>
T network<T>::clip_gradients(double largest) {
  constexpr const char* function = "clip_gradients";
  require_gradients(function);
  if (!(largest >= 0)) fail(function, "the largest norm " + number_text(largest) + " is not a number from 0");
  const double total = squares(T(1));
  const T scale = contract::norm_scale<T>(total);
  const double norm = contract::norm<T>(scale == 1 ? total : squares(scale), scale);
  if (!std::isfinite(norm) || norm <= largest) return static_cast<T>(norm);
  const T factor = contract::clip_factor<T>(largest, norm);
  for (layer_state<T>& layer : layers) {
    for_element_parts(layer.size(), 2 * sizeof(T), [&](std::size_t begin, std::size_t end) {
      const span_scope span({"clip"});
      kernels<T>().scale(factor, layer.gradients.data() + begin, end - begin);
    });
  }
  return static_cast<T>(norm);
}

template <class T>
void network<T>::apply(const optimizer& rule) {
  check_optimizer<T>("apply", rule);
  require_gradients("apply");
  hold_moments(moments_of(rule));
  const optimizer_progress after = next_progress(progress, rule);
  const update_rule<T> update = make_update_rule(kernels<T>(), rule, after);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    layer_state<T>& layer = layers[l];
    run_update<T>(update, layer.parameters.elements(), std::as_const(layer.gradients).elements(),
                  layer.moment(0, 0), layer.moment(1, 0), {"update", static_cast<unsigned>(l + 1)});
  }
  progress = after;
}

template <class T>
step_plan network<T>::plan(std::size_t rows, const optimizer& rule) const {
  return std::move(plan_candidates<T>(widths, shape(rows, widths.front(), use_by<T>(rule))).front());
}

template <class T>
described_step network<T>::describe(std::size_t rows) const {
  return step.describe(widths, shape(rows, widths.front(), use_by<T>(sgd{})));
}

template <class T>
std::size_t network<T>::working_memory(std::size_t rows, const optimizer& rule) const {
  std::size_t most = 0;
  for (const step_plan& plan : plan_candidates<T>(widths, shape(rows, widths.front(), use_by<T>(rule))))
    most = std::max(most, plan.program.elements);
  return most;
}

template <class T>
void network<T>::predict(matrix_view<const T> X, matrix_view<T> P) const {
  check_shape("predict", "X", X, X.rows(), widths.front());
  check_shape("predict", "P", P, X.rows(), widths.back());
  check_disjoint("predict", "P", P, "X", X);
  const kernel_table<T>& table = kernels<T>();
  const std::size_t m = X.rows();
  const std::size_t widest = *std::max_element(widths.begin() + 1, widths.end());
  scratch_frame scratch;
  T* buffers[2] = {scratch.allocate<T>(m, widest), scratch.allocate<T>(m, widest)};
  matrix_view<const T> input = X;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const layer_state<T>& layer = layers[l];
    const bool last = l + 1 == layers.size();
    const matrix_view<T> output = last ? P : matrix_view<T>(buffers[l % 2], m, layer.outputs);
    run_product(forward_product<T>(table, input, layer.weights(), layer.bias().data(),
                                   last ? activation::identity : options.activation, output),
                {"Z", static_cast<unsigned>(l + 1)});
    input = output;
  }
  predictions_from_scores(options.loss, P);
}

template class network<float>;
template class network<double>;

}  // namespace twinpath::inline v0::detail
