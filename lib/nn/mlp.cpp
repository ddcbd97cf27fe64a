// SPDX-License-Identifier: MIT
#include <twinpath/mlp.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "linalg/checks.hpp"
#include "linalg/row_operations.hpp"
#include "nn/layer.hpp"
#include "nn/layer_state.hpp"
#include "nn/sgd.hpp"
#include "nn/step.hpp"
#include "runtime/parallel.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0 {

using detail::layer_state;

template <class T>
struct mlp<T>::state {
  std::vector<std::size_t> widths;
  mlp_options options;
  std::vector<layer_state<T>> layers;
  detail::training_step<T> step;

  void initialise();
  [[nodiscard]] activation activation_of(std::size_t layer) const noexcept {
    return layer + 1 == layers.size() ? activation::identity : activation::relu;
  }
  void check_step(const char* function, matrix_view<const T> X, const detail::targets<T>& y) const;
  T compute_gradients(matrix_view<const T> X, const detail::targets<T>& y);
  void apply(const sgd& rule);
  T train_step(matrix_view<const T> X, const detail::targets<T>& y, const sgd& rule);
  [[nodiscard]] detail::step_plan<T> plan(std::size_t rows) const;
};

// He-uniform. The generator is std::mt19937_64, whose bits the standard fixes; a draw is the upper 53 bits.
template <class T>
void mlp<T>::state::initialise() {
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
void mlp<T>::state::check_step(const char* function, matrix_view<const T> X,
                               const detail::targets<T>& y) const {
  detail::check_shape(function, "X", X, X.rows(), widths.front());
  if (y.by_class) {
    detail::check_size(function, "classes", y.classes, X.rows());
    detail::check_classes(function, y.classes, widths.back());
  } else {
    detail::check_shape(function, "Y", y.soft, X.rows(), widths.back());
  }
  if (options.reduction == twinpath::reduction::mean && X.rows() == 0) {
    detail::fail(function, "the mean loss of 0 rows is not defined");
  }
}

template <class T>
T mlp<T>::state::compute_gradients(matrix_view<const T> X, const detail::targets<T>& y) {
  check_step("compute_gradients", X, y);
  step.prepare(widths, X.rows(), X.stride(), options.schedule, false);
  for (layer_state<T>& layer : layers) {
    if (layer.gradients.empty()) layer.gradients = matrix<T>(1, layer.size());
  }
  return step.run(layers, X, y, options.reduction, T(0));
}

template <class T>
void mlp<T>::state::apply(const sgd& rule) {
  detail::check_rule<T>("apply", rule);
  if (layers.front().gradients.empty()) detail::fail("apply", "there are no gradients yet");
  for (std::size_t l = 0; l < layers.size(); ++l) {
    detail::apply_update<T>(rule, layers[l].parameters.elements(),
                            std::as_const(layers[l].gradients).elements(),
                            {"update", static_cast<unsigned>(l + 1)});
  }
}

template <class T>
T mlp<T>::state::train_step(matrix_view<const T> X, const detail::targets<T>& y, const sgd& rule) {
  detail::check_rule<T>("train_step", rule);
  check_step("train_step", X, y);
  step.prepare(widths, X.rows(), X.stride(), options.schedule, true);
  return step.run(layers, X, y, options.reduction, static_cast<T>(rule.learning_rate));
}

template <class T>
detail::step_plan<T> mlp<T>::state::plan(std::size_t rows) const {
  detail::step_shape shape{rows, widths.front(), 1, options.schedule, true};
  if (detail::worth_sharing(widths, rows)) shape.threads = detail::concurrency();
  return detail::plan_step(detail::kernels<T>(), widths, shape);
}

template <class T>
mlp<T>::mlp(std::vector<std::size_t> widths, mlp_options options) : state_(std::make_unique<state>()) {
  if (widths.size() < 2) {
    detail::fail("mlp", std::to_string(widths.size()) + " widths given, a network needs at least 2");
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) detail::fail("mlp", "width " + std::to_string(i) + " is 0");
  }
  for (std::size_t i = 1; i < widths.size(); ++i) {
    if (widths[i - 1] > static_cast<std::size_t>(-1) / 4 / sizeof(T) / widths[i]) {
      detail::fail("mlp",
                   "layer " + detail::shape_text(widths[i - 1], widths[i]) + " exceeds the address space");
    }
  }
  for (std::size_t i = 1; i < widths.size(); ++i) {
    layer_state<T>& layer = state_->layers.emplace_back();
    layer.inputs = widths[i - 1];
    layer.outputs = widths[i];
    layer.parameters = matrix<T>(1, layer.size());
  }
  state_->widths = std::move(widths);
  state_->options = options;
  state_->initialise();
}

template <class T>
mlp<T>::~mlp() = default;
template <class T>
mlp<T>::mlp(mlp&&) noexcept = default;
template <class T>
mlp<T>& mlp<T>::operator=(mlp&&) noexcept = default;
template <class T>
mlp<T>::mlp(const mlp& other) : state_(std::make_unique<state>(*other.state_)) {}
template <class T>
mlp<T>& mlp<T>::operator=(const mlp& other) {
  if (this != &other) *this = mlp(other);
  return *this;
}

template <class T>
T mlp<T>::train_step(matrix_view<const T> X, matrix_view<const T> Y, const sgd& rule) {
  return state_->train_step(X, {Y, {}, false}, rule);
}
template <class T>
T mlp<T>::train_step(matrix_view<const T> X, std::span<const std::int32_t> classes, const sgd& rule) {
  return state_->train_step(X, {{}, classes, true}, rule);
}

template <class T>
T mlp<T>::compute_gradients(matrix_view<const T> X, matrix_view<const T> Y) {
  return state_->compute_gradients(X, {Y, {}, false});
}
template <class T>
T mlp<T>::compute_gradients(matrix_view<const T> X, std::span<const std::int32_t> classes) {
  return state_->compute_gradients(X, {{}, classes, true});
}

template <class T>
void mlp<T>::apply(const sgd& rule) {
  state_->apply(rule);
}

template <class T>
matrix<T> mlp<T>::predict(matrix_view<const T> X) const {
  matrix<T> P(X.rows(), state_->widths.back());
  predict(X, P);
  return P;
}

template <class T>
void mlp<T>::predict(matrix_view<const T> X, matrix_view<T> P) const {
  detail::check_shape("predict", "X", X, X.rows(), state_->widths.front());
  detail::check_shape("predict", "P", P, X.rows(), state_->widths.back());
  detail::check_apart("predict", "P", P, "X", X);
  const std::size_t m = X.rows();
  const std::size_t widest = *std::max_element(state_->widths.begin() + 1, state_->widths.end());
  detail::scratch_frame scratch;
  T* buffers[2] = {scratch.allocate<T>(m * widest), scratch.allocate<T>(m * widest)};
  matrix_view<const T> input = X;
  for (std::size_t l = 0; l < state_->layers.size(); ++l) {
    const layer_state<T>& layer = state_->layers[l];
    const bool last = l + 1 == state_->layers.size();
    const matrix_view<T> output = last ? P : matrix_view<T>(buffers[l % 2], m, layer.outputs);
    detail::forward<T>(input, layer.weights(), layer.bias(), state_->activation_of(l), output,
                       static_cast<unsigned>(l + 1));
    input = output;
  }
  detail::softmax<T>(P, P);
}

template <class T>
std::size_t mlp<T>::layers() const noexcept {
  return state_->layers.size();
}
template <class T>
const std::vector<std::size_t>& mlp<T>::widths() const noexcept {
  return state_->widths;
}
template <class T>
const mlp_options& mlp<T>::options() const noexcept {
  return state_->options;
}
template <class T>
void mlp<T>::set_schedule(twinpath::schedule how) noexcept {
  state_->options.schedule = how;
}

namespace {

template <class Layers>
auto& layer_at(Layers& layers, std::size_t layer) {
  if (layer == 0 || layer > layers.size()) {
    detail::fail("mlp",
                 "layer " + std::to_string(layer) + " is not one of 1 to " + std::to_string(layers.size()));
  }
  return layers[layer - 1];
}

}  // namespace

template <class T>
matrix_view<T> mlp<T>::weights(std::size_t layer) {
  return layer_at(state_->layers, layer).weights();
}
template <class T>
matrix_view<const T> mlp<T>::weights(std::size_t layer) const {
  return layer_at(std::as_const(*state_).layers, layer).weights();
}
template <class T>
std::span<T> mlp<T>::bias(std::size_t layer) {
  return layer_at(state_->layers, layer).bias();
}
template <class T>
std::span<const T> mlp<T>::bias(std::size_t layer) const {
  return layer_at(std::as_const(*state_).layers, layer).bias();
}
template <class T>
std::span<T> mlp<T>::parameters(std::size_t layer) {
  return layer_at(state_->layers, layer).parameters.elements();
}
template <class T>
std::span<const T> mlp<T>::parameters(std::size_t layer) const {
  return layer_at(std::as_const(*state_).layers, layer).parameters.elements();
}
template <class T>
matrix_view<const T> mlp<T>::weight_gradients(std::size_t layer) const {
  return layer_at(state_->layers, layer).weight_gradients();
}
template <class T>
std::span<const T> mlp<T>::bias_gradients(std::size_t layer) const {
  return layer_at(state_->layers, layer).bias_gradients();
}
template <class T>
std::span<const T> mlp<T>::gradients(std::size_t layer) const {
  return layer_at(std::as_const(*state_).layers, layer).gradients.elements();
}
template <class T>
matrix_view<const T> mlp<T>::activations(std::size_t layer) const {
  return state_->step.activations(layer - 1, layer_at(state_->layers, layer).outputs);
}

template <class T>
std::size_t mlp<T>::memory(std::size_t rows) const {
  std::size_t elements = state_->plan(rows).elements;
  for (const layer_state<T>& layer : state_->layers) elements += layer.size();
  return elements * sizeof(T);
}
template <class T>
std::string mlp<T>::describe(std::size_t rows) const {
  return detail::describe_plan(state_->plan(rows));
}

template class mlp<float>;
template class mlp<double>;

}  // namespace twinpath::inline v0
