// SPDX-License-Identifier: MIT
// A multilayer perceptron: dense layers, an activation after each but the last, and a loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <twinpath/activation.hpp>
#include <twinpath/class_indices.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/optimizer.hpp>

namespace twinpath::inline v0 {

/// How `schedule::automatic` chooses the form of a step and its number of threads. It changes no bit.
///
/// `measured` begins with the model's choice. During some 20 to 100 steps of a shape a few candidates take
/// turns of up to four steps, and the fastest stays. They take turns again at growing distances, and after
/// 1000 steps when a step has become 1.3 times as slow or fast for a while. Turns cost at most 2 % of the
/// first 1000 steps and less later; a clock is read in some of the steps, which costs at most 0.1 %. No
/// candidate has more threads than the machine has processors.
enum class choice {
  measured,  ///< by time
  fixed,     ///< by a model alone, without trials
};

/// Options of `mlp`.
struct mlp_options {
  // New members are appended, so that programs which initialise these in order keep their meaning.

  /// Seed of the initial weights. The same seed gives the same bits on every machine.
  std::uint64_t seed = 1;
  /// Applied after every layer but the last.
  twinpath::activation activation = twinpath::activation::relu;
  /// The loss of the last layer's scores. It also decides what `predict` computes from them.
  twinpath::loss loss = twinpath::loss::softmax_cross_entropy;
  /// How the losses of the rows become one loss.
  twinpath::reduction reduction = twinpath::reduction::mean;
  /// How the backward pass is executed. It changes no bit.
  twinpath::schedule schedule = twinpath::schedule::automatic;
  /// How `schedule::automatic` chooses. Files of networks keep neither it nor the schedule: both belong to
  /// the machine.
  twinpath::choice choice = twinpath::choice::measured;
};

/// What `compute_gradients` does with the gradients of the parameters.
enum class gradient_mode {
  overwrite,   ///< store them in place of the earlier ones
  accumulate,  ///< add them to the earlier ones: for a batch in several parts, with `reduction::sum`
  ignore,      ///< do not compute them: only the loss, and dX if it is given
};

/// How much `mlp::describe` says.
enum class description {
  summary,  ///< one line: the form of the step, the reason, threads, working memory
  program,  ///< the summary, then every operation in its phase and part
};

/// A network of dense layers with an activation after each but the last, trained by gradient descent.
///
/// Layer l = 1 … layers() maps widths[l-1] inputs to widths[l] outputs. Weights are initialised He-uniform,
/// that is uniformly in ±sqrt(6 / inputs) (He et al., 2015), biases with 0. Targets are a matrix Y of m x
/// widths.back(): one-hot or soft classes, labels, or values, depending on the loss. Softmax cross-entropy
/// also accepts class indices, with the bits of the one-hot Y.
///
/// Thread safety: one thread at a time may call a given network; different networks are independent. Work
/// runs in parallel in the caller's TBB arena if it is large enough to gain from that.
/// Exception safety: strong; std::bad_alloc is thrown before anything is computed. Exception: if TBB itself
/// fails to allocate a task after work has started, the step may be partially applied.
/// Allocation: none in a step that has the batch size, number of threads and gradient mode of one of the last
/// 16 different steps.
template <class T>
class mlp {
 public:
  /// A network with these widths, inputs first and outputs last.
  /// Throws std::invalid_argument if there are fewer than two widths, one of them is 0, a layer exceeds the
  /// address space, or an option is not an enumerator; and std::bad_alloc.
  explicit mlp(std::vector<std::size_t> widths, mlp_options options = {});
  ~mlp();
  /// A moved-from network may only be assigned to or destroyed.
  mlp(mlp&&) noexcept;
  /// The same by assignment.
  mlp& operator=(mlp&&) noexcept;
  /// Copies parameters, moments, gradients and options. Training the copy gives the bits of training the
  /// original.
  mlp(const mlp&);
  /// The same by assignment.
  mlp& operator=(const mlp&);

  /// One training step: forward pass, loss, both backward paths, update. Returns the loss before the update.
  ///
  /// The update is part of the products that compute dW, so gradients and activations are not kept; use
  /// `compute_gradients` to see them. Optimiser state is stored in the network. Switching to an optimiser
  /// with a different number of moments resets it to zero.
  /// Shapes: X is m x widths.front(), Y is m x widths.back().
  /// Bits: a function of parameters, moments, X, Y, rule and options alone. X and Y must not be memory of
  /// this network.
  /// Throws std::invalid_argument, with the network unchanged, if a shape does not fit, an option of the rule
  /// is out of range, or class indices are given for a loss other than softmax cross-entropy.
  T train_step(matrix_view<const T> X, matrix_view<const T> Y, const optimizer& rule);
  /// The same with class indices of any integer type, one a row, each in 0 … widths.back()-1. Only
  /// std::int32_t costs no copy.
  T train_step(matrix_view<const T> X, const class_indices& classes, const optimizer& rule);

  /// A step without the update: computes every layer's activations and, depending on `mode`, gradients.
  /// Returns the loss. Followed by `apply`, it gives the bits of `train_step`. If dX, m x widths.front(), is
  /// given, it receives the gradient of the loss with respect to X; it must be disjoint from X and Y.
  /// Throws as `train_step`.
  T compute_gradients(matrix_view<const T> X, matrix_view<const T> Y,
                      gradient_mode mode = gradient_mode::overwrite, matrix_view<T> dX = {});
  /// The same with class indices of any integer type, one a row, each in 0 … widths.back()-1. Only
  /// std::int32_t costs no copy.
  T compute_gradients(matrix_view<const T> X, const class_indices& classes,
                      gradient_mode mode = gradient_mode::overwrite, matrix_view<T> dX = {});
  /// Clips the gradients by their norm (Pascanu et al., 2013): if the Euclidean norm over all layers is above
  /// `largest`, multiplies all gradients by largest / norm. Returns the norm before that. It is right for
  /// finite gradients of any size: where squares would overflow or vanish, the elements are scaled first.
  /// Gradients with an infinite norm or NaN stay unchanged.
  /// Bits: `contract::squares` of each layer, added in order, with `contract::norm_scale`; `contract::norm`
  /// and `contract::clip_factor`.
  /// Throws std::invalid_argument if there are no gradients or `largest` is negative or NaN.
  T clip_gradients(double largest);
  /// Only the update, from the current gradients.
  /// Throws std::invalid_argument if there are none, or an option of the rule is out of range.
  void apply(const optimizer& rule);

  /// The predictions for X, m x widths.front(): a matrix m x widths.back() of softmax(Z), sigmoid(Z) or Z,
  /// depending on the loss. A row has the same bits alone and in any batch.
  /// Throws std::invalid_argument if the shape does not fit, and std::bad_alloc.
  [[nodiscard]] matrix<T> predict(matrix_view<const T> X) const;
  /// The same into P, which must be disjoint from X.
  void predict(matrix_view<const T> X, matrix_view<T> P) const;

  /// Number of layers: widths().size() - 1.
  [[nodiscard]] std::size_t layers() const noexcept;
  /// The number of inputs and the number of outputs of every layer.
  [[nodiscard]] const std::vector<std::size_t>& widths() const noexcept;
  /// The options in use.
  [[nodiscard]] const mlp_options& options() const noexcept;
  /// Sets the schedule of later steps, which changes no bit. The next step may allocate once.
  /// Throws std::invalid_argument if it is not an enumerator.
  void set_schedule(twinpath::schedule how);

  /// The weights of layer l = 1 … layers(), widths[l-1] x widths[l], to be read or changed between steps. To
  /// replace all of them, use `set_weights`. The views of parameters are valid until the network is assigned
  /// to or destroyed.
  /// Throws std::invalid_argument for another l.
  [[nodiscard]] matrix_view<T> weights(std::size_t layer);
  /// The same for a const network.
  [[nodiscard]] matrix_view<const T> weights(std::size_t layer) const;
  /// The bias of layer l, widths[l] elements.
  [[nodiscard]] const std::span<T> bias(std::size_t layer);
  /// The same for a const network.
  [[nodiscard]] std::span<const T> bias(std::size_t layer) const;
  /// Copies W, widths[l-1] x widths[l], to the weights of layer l. W may overlap memory of this network.
  /// Moments, progress and gradients stay. Strong exception guarantee: throws std::invalid_argument for
  /// another l or shape, and std::bad_alloc.
  void set_weights(std::size_t layer, matrix_view<const T> W);
  /// Copies b, widths[l] elements, to the bias of layer l. Otherwise as `set_weights`.
  void set_bias(std::size_t layer, std::span<const T> b);
  /// All parameters of layer l in one contiguous span: the weights row by row, then the bias.
  [[nodiscard]] const std::span<T> parameters(std::size_t layer);
  /// The same for a const network.
  [[nodiscard]] std::span<const T> parameters(std::size_t layer) const;

  /// The optimiser state of layer l, laid out as `parameters(layer)`: `which` is 1 for the velocity of
  /// momentum or Adam's m, 2 for Adam's v. Empty if the optimiser has no such moment. Valid until `restore`
  /// or a step with another number of moments.
  /// Throws std::invalid_argument for another l or `which`.
  [[nodiscard]] const std::span<T> moments(std::size_t layer, std::size_t which);
  /// The same for a const network.
  [[nodiscard]] std::span<const T> moments(std::size_t layer, std::size_t which) const;
  /// The number of updates since the moments were zero, and the powers of Adam's betas.
  [[nodiscard]] const optimizer_progress& progress() const noexcept;
  /// Prepares the optimiser state for resuming: sets the progress and creates `count` moments (0 to 2) of
  /// zeros, to be filled through `moments`.
  /// Throws std::invalid_argument for another count or powers outside [0, 1], and std::bad_alloc, with the
  /// network unchanged.
  void restore(const optimizer_progress& progress, std::size_t count);

  /// The gradients of the weights from the last `compute_gradients`, of the shape of the weights; empty
  /// before the first.
  [[nodiscard]] matrix_view<const T> weight_gradients(std::size_t layer) const;
  /// The gradients of the bias, likewise.
  [[nodiscard]] std::span<const T> bias_gradients(std::size_t layer) const;
  /// All gradients of layer l in one contiguous span, laid out as `parameters(layer)`.
  [[nodiscard]] const std::span<T> gradients(std::size_t layer);
  /// The same for a const network.
  [[nodiscard]] std::span<const T> gradients(std::size_t layer) const;

  /// The activations of layer l in the last step, m x widths[l]; for the last layer the scores Z. Empty
  /// unless that step was a `compute_gradients`. Valid until the next step.
  [[nodiscard]] matrix_view<const T> activations(std::size_t layer) const;

  /// The memory in bytes that this network needs to train with batches of `rows` rows on the threads of the
  /// caller's arena: parameters, moments, activations, errors and scratch memory, enough for every candidate
  /// of a measured choice. `compute_gradients` needs the gradients in addition.
  /// Throws std::invalid_argument if a batch exceeds the address space.
  [[nodiscard]] std::size_t memory(std::size_t rows, const optimizer& rule = sgd{}) const;
  /// How a training step with batches of `rows` rows is computed here, and why: its form, number of threads
  /// and working memory; after steps with a measured choice also the candidates, the time that a step of each
  /// took, and which one was kept. Throws as `memory`.
  [[nodiscard]] std::string describe(std::size_t rows) const;
  /// The same, with the program of the step on request: its phases, the parts of each phase, and the
  /// operations of each part with their shapes and the path of each product.
  [[nodiscard]] std::string describe(std::size_t rows, description how) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

extern template class mlp<float>;
extern template class mlp<double>;

}  // namespace twinpath::inline v0
