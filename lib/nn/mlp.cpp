// SPDX-License-Identifier: MIT
#include <twinpath/mlp.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "nn/layer/layer.hpp"
#include "nn/network.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {

template <class T>
struct mlp<T>::state : detail::network<T> {
  using detail::network<T>::network;
};

template <class T>
mlp<T>::mlp(std::vector<std::size_t> widths, mlp_options options)
    : state_(std::make_unique<state>(std::move(widths), options)) {}
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
T mlp<T>::train_step(matrix_view<const T> X, matrix_view<const T> Y, const optimizer& rule) {
  return state_->train_step(X, {Y, {}, false}, rule);
}
template <class T>
T mlp<T>::train_step(matrix_view<const T> X, const class_indices& classes, const optimizer& rule) {
  return state_->train_step(X, {{}, classes.values(), true}, rule);
}

template <class T>
T mlp<T>::compute_gradients(matrix_view<const T> X, matrix_view<const T> Y, gradient_mode mode,
                            matrix_view<T> dX) {
  return state_->compute_gradients(X, {Y, {}, false}, mode, dX);
}
template <class T>
T mlp<T>::compute_gradients(matrix_view<const T> X, const class_indices& classes, gradient_mode mode,
                            matrix_view<T> dX) {
  return state_->compute_gradients(X, {{}, classes.values(), true}, mode, dX);
}

template <class T>
T mlp<T>::clip_gradients(double largest) {
  return state_->clip_gradients(largest);
}
template <class T>
void mlp<T>::apply(const optimizer& rule) {
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
  state_->predict(X, P);
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
void mlp<T>::set_schedule(twinpath::schedule how) {
  detail::check_option("set_schedule", how);
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

template <class Layer>
auto moments_at(Layer& layer, std::size_t which) {
  if (which == 0 || which > std::size(layer.moments)) {
    detail::fail("mlp", "moments " + std::to_string(which) + " are not 1 or 2");
  }
  return layer.moments[which - 1].elements();
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
const std::span<T> mlp<T>::bias(std::size_t layer) {
  return layer_at(state_->layers, layer).bias();
}
template <class T>
std::span<const T> mlp<T>::bias(std::size_t layer) const {
  return layer_at(std::as_const(*state_).layers, layer).bias();
}
template <class T>
void mlp<T>::set_weights(std::size_t layer, matrix_view<const T> W) {
  const matrix_view<T> own = weights(layer);
  detail::check_shape("set_weights", "W", W, own.rows(), own.cols());
  const matrix<T> copy(W);  // W may overlap the weights
  std::ranges::copy(copy.elements(), parameters(layer).begin());
}
template <class T>
void mlp<T>::set_bias(std::size_t layer, std::span<const T> b) {
  const std::span<T> own = bias(layer);
  detail::check_size("set_bias", "b", b, own.size());
  std::memmove(own.data(), b.data(), own.size_bytes());
}
template <class T>
const std::span<T> mlp<T>::parameters(std::size_t layer) {
  return layer_at(state_->layers, layer).parameters.elements();
}
template <class T>
std::span<const T> mlp<T>::parameters(std::size_t layer) const {
  return layer_at(std::as_const(*state_).layers, layer).parameters.elements();
}
template <class T>
const std::span<T> mlp<T>::moments(std::size_t layer, std::size_t which) {
  return moments_at(layer_at(state_->layers, layer), which);
}
template <class T>
std::span<const T> mlp<T>::moments(std::size_t layer, std::size_t which) const {
  return moments_at(layer_at(std::as_const(*state_).layers, layer), which);
}
template <class T>
const optimizer_progress& mlp<T>::progress() const noexcept {
  return state_->progress;
}
template <class T>
void mlp<T>::restore(const optimizer_progress& progress, std::size_t count) {
  state_->restore(progress, count);
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
const std::span<T> mlp<T>::gradients(std::size_t layer) {
  return layer_at(state_->layers, layer).gradients.elements();
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
std::size_t mlp<T>::memory(std::size_t rows, const optimizer& rule) const {
  std::size_t elements = state_->working_memory(rows, rule);
  for (const auto& layer : state_->layers) elements += layer.size() * (1 + moments_of(rule));
  return elements * sizeof(T);
}
template <class T>
std::string mlp<T>::describe(std::size_t rows) const {
  return state_->describe(rows).summary;
}
template <class T>
std::string mlp<T>::describe(std::size_t rows, description how) const {
  detail::check_option("describe", "description", how, description::program);
  const detail::described_step step = state_->describe(rows);
  return how == description::summary ? step.summary : step.summary + "\n" + step.program;
}

template class mlp<float>;
template class mlp<double>;

}  // namespace twinpath::inline v0
